package io.github.djlqat.onnx;

/** The ONNX element type that holds the codes of signed 8-bit weights. */
public enum WeightContainer {
    /**
     * Codes and zero points are stored as uint8, 128 higher. The values are the same. The integer
     * kernels of processors without dot-product instructions add pairs of products in 16 bits,
     * which products of uint8 activations and int8 weights overflow; with uint8 weights they do
     * not, so that results are the same on every processor.
     */
    UINT8,
    /**
     * Codes are stored as int8, which is faster where the processor has dot-product instructions.
     */
    INT8
}
