package io.github.djlqat.block;

/**
 * Values as multiples of a magnitude: times its reciprocal, or divided by it where the reciprocal
 * overflows. Multiples of zero and of NaN are zero.
 */
record Ratio(float magnitude, float reciprocal) {

    static Ratio to(float magnitude) {
        return new Ratio(magnitude, magnitude > 0 ? 1 / magnitude : 0);
    }

    float of(float value) {
        if (!(magnitude > 0)) {
            return 0;
        }
        return reciprocal <= Float.MAX_VALUE ? value * reciprocal : value / magnitude;
    }
}
