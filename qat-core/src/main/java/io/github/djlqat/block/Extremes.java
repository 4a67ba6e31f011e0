package io.github.djlqat.block;

/** The values that ggml's scales follow from. */
final class Extremes {

    /** Groups of smaller magnitudes count as zeros in ggml's searches. */
    static final float NEGLIGIBLE = 1e-15f;

    private Extremes() {}

    /** The first value of the largest magnitude, with its sign; 0 for zeros of either sign. */
    static float extreme(float[] values, int from, int to) {
        float extreme = 0;
        for (int i = from; i < to; i++) {
            if (Math.abs(values[i]) > Math.abs(extreme)) {
                extreme = values[i];
            }
        }
        return extreme;
    }

    static float least(float[] values) {
        float least = values[0];
        for (float value : values) {
            least = value < least ? value : least;
        }
        return least;
    }

    static float greatest(float[] values) {
        float greatest = values[0];
        for (float value : values) {
            greatest = value > greatest ? value : greatest;
        }
        return greatest;
    }

    /** The reciprocal, or 0 where it overflows: such a scale is zero once it is stored as FP16. */
    static float inverse(float scale) {
        float inverse = 1 / scale;
        return Float.isFinite(inverse) ? inverse : 0;
    }

    /** To the nearest integer, ties to even, as adding and taking off 1.5 times 2 to the 23. */
    static int nearest(float value) {
        return (int) Math.rint(value);
    }
}
