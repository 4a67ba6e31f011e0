package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.ScaleRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One range for each scale, or none at all; the arrays are never changed. */
final class Ranges {

    static final Ranges EMPTY = new Ranges(new float[0], new float[0]);

    final float[] min;
    final float[] max;

    Ranges(float[] min, float[] max) {
        this.min = min;
        this.max = max;
    }

    /** Computes the range of each scale's elements; empty if the shape has no elements. */
    static Ranges of(float[] values, Shape shape, Granularity granularity) {
        ScaleLayout layout = ScaleLayout.of(granularity, shape);
        layout.requireSize(values.length);
        if (values.length == 0) {
            return EMPTY;
        }
        float[] min = new float[layout.count()];
        float[] max = new float[layout.count()];
        Arrays.fill(min, Float.POSITIVE_INFINITY);
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
        layout.forEachRun(
                (scale, from, to) -> {
                    Range range = Range.of(values, from, to);
                    min[scale] = Math.min(min[scale], range.min());
                    max[scale] = Math.max(max[scale], range.max());
                });
        return new Ranges(min, max);
    }

    static Ranges of(ObserverState.Ranges state) {
        int count = state.min().size();
        if (count != state.max().size()) {
            throw new IllegalArgumentException(
                    "The state has "
                            + count
                            + " minima and "
                            + state.max().size()
                            + " maxima; both must be equal.");
        }
        float[] min = new float[count];
        float[] max = new float[count];
        for (int i = 0; i < count; i++) {
            min[i] = state.min().get(i);
            max[i] = state.max().get(i);
            requireRange(min[i], max[i]);
        }
        return new Ranges(min, max);
    }

    static void requireRange(float min, float max) {
        if (!(min <= max) || Float.isInfinite(min) || Float.isInfinite(max)) {
            throw new IllegalArgumentException(
                    "The range is "
                            + min
                            + " to "
                            + max
                            + "; a range is finite and its minimum is not above its maximum.");
        }
    }

    boolean isEmpty() {
        return min.length == 0;
    }

    Ranges union(Ranges other) {
        if (isEmpty() || other.isEmpty()) {
            return isEmpty() ? other : this;
        }
        requireSameCount(other);
        float[] low = min.clone();
        float[] high = max.clone();
        for (int i = 0; i < low.length; i++) {
            low[i] = Math.min(low[i], other.min[i]);
            high[i] = Math.max(high[i], other.max[i]);
        }
        return new Ranges(low, high);
    }

    void requireSameCount(Ranges other) {
        if (min.length != other.min.length) {
            throw new IllegalArgumentException(
                    min.length
                            + " ranges were observed before and "
                            + other.min.length
                            + " now; the channels or groups of a tensor do not change in number.");
        }
    }

    QuantizationParameters parameters(QuantizationScheme scheme) {
        if (isEmpty()) {
            throw new IllegalStateException(
                    "The observer for "
                            + scheme
                            + " has seen no values; calibrate before asking for parameters.");
        }
        return ScaleRule.parameters(scheme, min, max);
    }

    ObserverState.Ranges state() {
        return new ObserverState.Ranges(list(min), list(max));
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>(values.length);
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ranges that
                && Arrays.equals(min, that.min)
                && Arrays.equals(max, that.max);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(min) + Arrays.hashCode(max);
    }

    @Override
    public String toString() {
        return Arrays.toString(min) + " to " + Arrays.toString(max);
    }
}
