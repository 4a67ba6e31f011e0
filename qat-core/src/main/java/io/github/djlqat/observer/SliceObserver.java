package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a range for each channel or group by a search over its values.
 *
 * <p>Values are not kept: each batch is searched by itself, and the range is the union of the
 * ranges of the batches. Merging is exact. For weights, which are observed once, the range is the
 * one that the search found.
 */
final class SliceObserver implements Observer {

    private final QuantizationScheme scheme;
    private final SliceSearch search;
    private final Ranges ranges;

    SliceObserver(QuantizationScheme scheme, SliceSearch search) {
        this(scheme, search, Ranges.EMPTY);
    }

    private SliceObserver(QuantizationScheme scheme, SliceSearch search, Ranges ranges) {
        this.scheme = scheme;
        this.search = search;
        this.ranges = ranges;
    }

    @Override
    public QuantizationScheme scheme() {
        return scheme;
    }

    @Override
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    @Override
    public SliceObserver observe(float[] values, Shape shape) {
        ScaleLayout layout = ScaleLayout.of(scheme.granularity(), shape);
        layout.requireSize(values.length);
        if (values.length == 0) {
            return this;
        }
        Range.of(values, 0, values.length);
        float[] min = new float[layout.count()];
        float[] max = new float[layout.count()];
        int[] ends = ends(layout);
        float[] sorted = bySlice(values, layout, ends);
        for (int scale = 0; scale < min.length; scale++) {
            int start = scale == 0 ? 0 : ends[scale - 1];
            Range range = search.search(Arrays.copyOfRange(sorted, start, ends[scale]), scheme);
            min[scale] = range.min();
            max[scale] = range.max();
        }
        return new SliceObserver(scheme, search, ranges.union(new Ranges(min, max)));
    }

    /** Returns where the values of each scale end once those of one scale lie together. */
    private static int[] ends(ScaleLayout layout) {
        int[] ends = new int[layout.count()];
        layout.forEachRun((scale, from, to) -> ends[scale] += to - from);
        Arrays.parallelPrefix(ends, Integer::sum);
        return ends;
    }

    /** Copies the values so that those of one scale lie together. */
    private static float[] bySlice(float[] values, ScaleLayout layout, int[] ends) {
        float[] sorted = new float[values.length];
        int[] next = new int[ends.length];
        System.arraycopy(ends, 0, next, 1, ends.length - 1);
        layout.forEachRun(
                (scale, from, to) -> {
                    System.arraycopy(values, from, sorted, next[scale], to - from);
                    next[scale] += to - from;
                });
        return sorted;
    }

    @Override
    public SliceObserver merge(Observer other) {
        if (other instanceof SliceObserver that
                && scheme.equals(that.scheme)
                && search.equals(that.search)) {
            return new SliceObserver(scheme, search, ranges.union(that.ranges));
        }
        throw Mismatch.merge(this, other);
    }

    @Override
    public QuantizationParameters parameters() {
        return ranges.parameters(scheme);
    }

    @Override
    public ObserverState state() {
        return ranges.state();
    }

    @Override
    public SliceObserver withState(ObserverState state) {
        if (state instanceof ObserverState.Ranges stored) {
            return new SliceObserver(scheme, search, Ranges.of(stored));
        }
        throw Mismatch.state(this, state);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SliceObserver that
                && scheme.equals(that.scheme)
                && search.equals(that.search)
                && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, search, ranges);
    }

    @Override
    public String toString() {
        return "SliceObserver for " + scheme + ": " + ranges;
    }
}
