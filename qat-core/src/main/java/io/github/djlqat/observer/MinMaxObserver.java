package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the range from the smallest to the largest value seen, for each scale. Merging is exact.
 */
public final class MinMaxObserver implements Observer {

    private final QuantizationScheme scheme;
    private final Ranges ranges;

    /**
     * Creates an observer that has seen nothing.
     *
     * @param scheme the scheme that parameters are chosen for
     */
    public MinMaxObserver(QuantizationScheme scheme) {
        this(scheme, Ranges.EMPTY);
    }

    private MinMaxObserver(QuantizationScheme scheme, Ranges ranges) {
        this.scheme = scheme;
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
    public MinMaxObserver observe(float[] values, Shape shape) {
        return new MinMaxObserver(
                scheme, ranges.union(Ranges.of(values, shape, scheme.granularity())));
    }

    @Override
    public MinMaxObserver merge(Observer other) {
        if (other instanceof MinMaxObserver that && scheme.equals(that.scheme)) {
            return new MinMaxObserver(scheme, ranges.union(that.ranges));
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
    public MinMaxObserver withState(ObserverState state) {
        if (state instanceof ObserverState.Ranges stored) {
            return new MinMaxObserver(scheme, Ranges.of(stored));
        }
        throw Mismatch.state(this, state);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MinMaxObserver that
                && scheme.equals(that.scheme)
                && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, ranges);
    }

    @Override
    public String toString() {
        return "MinMaxObserver for " + scheme + ": " + ranges;
    }
}
