package io.github.djlqat.convention;

import io.github.djlqat.format.Rounding;

/**
 * How a single-precision number of steps becomes an integer.
 *
 * <p>The modes that add a half do so in single precision, where 0.49999997 and a half make 1: that
 * is what the runtimes compute, and one code beside the exact {@link #HALF_UP}.
 */
public enum CodeRounding {
    /** To the nearest integer, ties to the even one: torch, ONNX Runtime, AWQ, GPTQ. */
    HALF_EVEN(Rounding.HALF_EVEN),

    /** To the nearest integer, ties away from zero: ggml's {@code roundf}. */
    HALF_AWAY_FROM_ZERO(Rounding.HALF_AWAY_FROM_ZERO),

    /** \( \lfloor r + 1/2 \rfloor \), exactly. */
    HALF_UP(Rounding.HALF_UP),

    /** \( \lfloor r + 1/2 \rfloor \), the sum rounded to single precision: TensorFlow. */
    FLOOR_OF_HALF_ADDED(Rounding.HALF_UP),

    /**
     * \( r + 1/2 \) in single precision with its fraction cut off: ggml's 4-bit and 5-bit blocks,
     * which count codes from the lowest so that nothing is negative.
     */
    HALF_ADDED_AND_CUT(Rounding.TOWARD_ZERO),

    /** Toward zero. */
    TOWARD_ZERO(Rounding.TOWARD_ZERO),

    /** Up or down with the probability of the nearness, from a seed. */
    STOCHASTIC(Rounding.STOCHASTIC);

    private final Rounding rounding;

    CodeRounding(Rounding rounding) {
        this.rounding = rounding;
    }

    /**
     * Rounds a number of steps to which an offset is added first.
     *
     * @param ratio the number of steps \( r \)
     * @param offset what is added before rounding, an integer
     * @param uniform a random number in [0, 1), which only {@link #STOCHASTIC} looks at
     * @return the integer; infinities and NaN are returned as they are
     */
    double round(float ratio, int offset, double uniform) {
        return switch (this) {
            case FLOOR_OF_HALF_ADDED -> Math.floor((ratio + offset) + 0.5f);
            case HALF_ADDED_AND_CUT -> rounding.apply(ratio + (offset + 0.5f));
            default -> rounding.apply(ratio + offset, uniform);
        };
    }
}
