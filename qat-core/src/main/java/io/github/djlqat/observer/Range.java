package io.github.djlqat.observer;

import io.github.djlqat.convention.ScaleAndZeroPoint;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleRule;

/** A range of finite values. */
record Range(float min, float max) {

    /** Computes the range of a run of values, refusing values that are not finite. */
    static Range of(float[] values, int from, int to) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            float value = values[i];
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "Value " + i + " is " + value + "; only finite values can be observed.");
            }
            if (value < min) {
                min = value;
            }
            if (value > max) {
                max = value;
            }
        }
        return new Range(min, max);
    }

    float absMax() {
        return Math.max(Math.abs(min), Math.abs(max));
    }

    float clamp(float value) {
        return Math.max(min, Math.min(max, value));
    }

    ScaleAndZeroPoint quantization(QuantizationScheme scheme) {
        return ScaleRule.choose(scheme, min, max);
    }
}
