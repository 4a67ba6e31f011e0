package io.github.djlqat.convention;

/** Where the zero point \( z \) enters, for \( r \) the number of steps of a value. */
public enum ZeroPointUse {
    /** \( q = \mathrm{round}(r) + z \): torch, ONNX Runtime, AWQ, GPTQ. */
    ADDED_AFTER_ROUNDING,

    /** \( q = \mathrm{round}(r + z) \), the sum in single precision: FBGEMM. */
    ADDED_BEFORE_ROUNDING,

    /**
     * \( q = \mathrm{round}(r + (z - q_{min})) + q_{min} \), the sum in single precision: ggml's
     * 4-bit and 5-bit blocks.
     */
    COUNTED_FROM_LOWEST,

    /**
     * Values are clamped to \( [l, h] = [(q_{min} - z) s, (q_{max} - z) s] \) and counted from \( l
     * \): \( q = \mathrm{round}((x - l) / s - (z - q_{min})) + z \), TensorFlow.
     */
    AS_LOWEST_VALUE
}
