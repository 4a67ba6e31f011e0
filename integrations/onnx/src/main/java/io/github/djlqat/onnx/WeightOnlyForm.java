package io.github.djlqat.onnx;

/** How a linear layer with group-wise quantized weights and inputs in floating point is written. */
public enum WeightOnlyForm {
    /**
     * A blockwise DequantizeLinear and a MatMul, which every runtime with opset 21 reads. ONNX
     * Runtime fuses the two and, unless the session option {@code
     * session.qdq_matmulnbits_accuracy_level} is 1, rounds the inputs to 8 bits.
     */
    DEQUANTIZE_LINEAR,
    /**
     * ONNX Runtime's own operator {@code com.microsoft.MatMulNBits}, with inputs and sums in single
     * precision, in any opset. It takes groups of 16, 32, 64, 128 or 256 inputs; other layers are
     * written with DequantizeLinear.
     */
    MAT_MUL_N_BITS
}
