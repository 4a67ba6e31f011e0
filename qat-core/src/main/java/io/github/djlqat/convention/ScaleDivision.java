package io.github.djlqat.convention;

/** How a value is divided by its scale, in single precision. */
public enum ScaleDivision {
    /** \( x / s \): ONNX Runtime, TensorFlow's ranges as variables, AWQ, GPTQ. */
    DIVIDE,

    /**
     * \( x \cdot (1 / s) \), the reciprocal rounded first: torch, ggml, bitsandbytes. A reciprocal
     * that overflows is not used.
     */
    MULTIPLY_BY_RECIPROCAL
}
