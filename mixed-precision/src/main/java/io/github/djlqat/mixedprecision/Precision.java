package io.github.djlqat.mixedprecision;

import io.github.djlqat.format.FloatFormat;

/** The number format that matrix products and convolutions compute in. */
public enum Precision {
    /** Single precision: nothing is cast. */
    FLOAT32(FloatFormat.ieee(8, 23)),

    /** Operands rounded to 10 mantissa bits; results in single precision. Always simulated. */
    TF32(FloatFormat.TF32),

    /** The range of single precision with 7 mantissa bits; losses need no scaling. */
    BFLOAT16(FloatFormat.BFLOAT16),

    /** IEEE half precision, whose small gradients vanish without loss scaling. */
    FLOAT16(FloatFormat.FLOAT16),

    /**
     * Operands scaled to and rounded to FP8 E4M3; results and gradients in single precision. Always
     * simulated.
     */
    FLOAT8(FloatFormat.FLOAT8_E4M3FN);

    private final FloatFormat format;

    Precision(FloatFormat format) {
        this.format = format;
    }

    /**
     * Returns the format of the operands.
     *
     * @return the format
     */
    public FloatFormat format() {
        return format;
    }

    /** Whether results are of the low type too, as tensors of 16 bits are. */
    boolean isHalf() {
        return this == BFLOAT16 || this == FLOAT16;
    }
}
