package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.ScaleRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses one range for a tensor from a histogram of all values seen. Merging is exact. */
final class HistogramObserver implements Observer {

    private final QuantizationScheme scheme;
    private final HistogramSearch search;
    private final Histogram histogram;

    HistogramObserver(QuantizationScheme scheme, HistogramSearch search) {
        this(scheme, search, Histogram.EMPTY);
        if (!(scheme.granularity() instanceof Granularity.PerTensor)) {
            throw new IllegalArgumentException(
                    "A histogram was asked for the granularity "
                            + scheme.granularity()
                            + "; it is legal per tensor only.");
        }
    }

    private HistogramObserver(
            QuantizationScheme scheme, HistogramSearch search, Histogram histogram) {
        this.scheme = scheme;
        this.search = search;
        this.histogram = histogram;
    }

    @Override
    public QuantizationScheme scheme() {
        return scheme;
    }

    @Override
    public boolean isEmpty() {
        return histogram.isEmpty();
    }

    @Override
    public HistogramObserver observe(float[] values, Shape shape) {
        ScaleLayout.of(scheme.granularity(), shape).requireSize(values.length);
        return new HistogramObserver(scheme, search, histogram.add(values));
    }

    @Override
    public HistogramObserver merge(Observer other) {
        if (other instanceof HistogramObserver that
                && scheme.equals(that.scheme)
                && search.equals(that.search)) {
            return new HistogramObserver(scheme, search, histogram.merge(that.histogram));
        }
        throw Mismatch.merge(this, other);
    }

    @Override
    public QuantizationParameters parameters() {
        if (isEmpty()) {
            return Ranges.EMPTY.parameters(scheme);
        }
        Range range = search.search(histogram, scheme);
        return ScaleRule.parameters(scheme, new float[] {range.min()}, new float[] {range.max()});
    }

    @Override
    public ObserverState state() {
        return histogram.state();
    }

    @Override
    public HistogramObserver withState(ObserverState state) {
        if (state instanceof ObserverState.Histogram stored) {
            return new HistogramObserver(scheme, search, Histogram.of(stored));
        }
        throw Mismatch.state(this, state);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HistogramObserver that
                && scheme.equals(that.scheme)
                && search.equals(that.search)
                && histogram.equals(that.histogram);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, search, histogram);
    }

    @Override
    public String toString() {
        return "HistogramObserver for " + scheme + ": " + histogram;
    }
}
