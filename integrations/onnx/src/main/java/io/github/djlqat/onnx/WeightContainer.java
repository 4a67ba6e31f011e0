package io.github.djlqat.onnx;

/** The ONNX element type that holds the codes of signed 8-bit weights. */
public enum WeightContainer {
    /**
     * Codes are stored as int8. ONNX Runtime's kernels are twice as fast on them as on uint8 where
     * the processor has dot-product instructions (VNNI). Those for x86-64 processors without add
     * pairs of products in 16 bits, which products of uint8 activations and int8 weights overflow;
     * there a session has to be opened with the option {@code session.x64quantprecision} at 1,
     * which makes the runtime store the weights as uint8 itself.
     */
    INT8,
    /**
     * Codes and zero points are stored as uint8, 128 higher. The values are the same, and the
     * results are so on every processor whatever the session's options.
     */
    UINT8
}
