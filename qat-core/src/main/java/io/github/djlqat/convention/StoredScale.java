package io.github.djlqat.convention;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;

/**
 * The precision of the scale that codes are multiplied by; the codes themselves see it in single.
 */
public enum StoredScale {
    /** The scale as it was chosen. */
    SINGLE,

    /** The scale rounded to half precision, as ggml's blocks store it. */
    HALF;

    /**
     * Returns the scale that codes are multiplied by.
     *
     * @param scale the scale that was chosen
     * @return the scale as it is stored
     */
    public float of(float scale) {
        return this == SINGLE
                ? scale
                : FloatCodec.round(
                        FloatFormat.FLOAT16, scale, Rounding.HALF_EVEN, Overflow.NON_FINITE);
    }
}
