package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the range from exponential moving averages of each batch's smallest and largest value,
 * for each scale.
 *
 * <p>The first batch begins the averages, and each later one moves them: \( m \leftarrow m + c (x -
 * m) \).
 *
 * <p>Unrolled, the average of batches \( x_1 \dots x_n \) is \( (1 - c)^{n - 1} x_1 + \sum_{i > 1}
 * c (1 - c)^{n - i} x_i \), so averages \( m_a \) of some batches and \( m_b \) of \( n_b \) later
 * ones that began with \( x_b \) merge to \( m_b + (1 - c)^{n_b} (m_a - x_b) \), as if one observer
 * had seen them all, up to rounding.
 */
public final class MovingAverageObserver implements Observer {

    /** The averaging constant of torch's observers. */
    public static final float DEFAULT_CONSTANT = 0.01f;

    private final QuantizationScheme scheme;
    private final float constant;
    private final long batches;
    private final Ranges first;
    private final Ranges average;

    /**
     * Creates an observer that has seen nothing, with the averaging constant 0.01.
     *
     * @param scheme the scheme that parameters are chosen for
     */
    public MovingAverageObserver(QuantizationScheme scheme) {
        this(scheme, DEFAULT_CONSTANT);
    }

    /**
     * Creates an observer that has seen nothing.
     *
     * @param scheme the scheme that parameters are chosen for
     * @param constant the averaging constant, above 0 and at most 1
     * @throws IllegalArgumentException if the constant is out of range
     */
    public MovingAverageObserver(QuantizationScheme scheme, float constant) {
        this(scheme, constant, 0, Ranges.EMPTY, Ranges.EMPTY);
        if (!(constant > 0 && constant <= 1)) {
            throw new IllegalArgumentException(
                    "The averaging constant is " + constant + "; it is above 0 and at most 1.");
        }
    }

    private MovingAverageObserver(
            QuantizationScheme scheme, float constant, long batches, Ranges first, Ranges average) {
        this.scheme = scheme;
        this.constant = constant;
        this.batches = batches;
        this.first = first;
        this.average = average;
    }

    @Override
    public QuantizationScheme scheme() {
        return scheme;
    }

    @Override
    public boolean isEmpty() {
        return average.isEmpty();
    }

    @Override
    public MovingAverageObserver observe(float[] values, Shape shape) {
        return next(Ranges.of(values, shape, scheme.granularity()));
    }

    /**
     * Observes one batch whose smallest and largest value are known.
     *
     * @param min the smallest value of the batch, finite
     * @param max the largest value of the batch, finite and at least min
     * @return an observer that has seen this batch too
     * @throws IllegalArgumentException if the range is not finite or is reversed, or the scheme is
     *     not per tensor
     */
    public MovingAverageObserver observeRange(float min, float max) {
        if (!(scheme.granularity() instanceof Granularity.PerTensor)) {
            throw new IllegalArgumentException(
                    "One range was given for the granularity "
                            + scheme.granularity()
                            + "; only a tensor has one range.");
        }
        Ranges.requireRange(min, max);
        return next(new Ranges(new float[] {min}, new float[] {max}));
    }

    private MovingAverageObserver next(Ranges batch) {
        if (batch.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return new MovingAverageObserver(scheme, constant, 1, batch, batch);
        }
        average.requireSameCount(batch);
        float[] min = new float[average.min.length];
        float[] max = new float[average.min.length];
        for (int i = 0; i < min.length; i++) {
            min[i] = step(average.min[i], batch.min[i]);
            max[i] = step(average.max[i], batch.max[i]);
        }
        return new MovingAverageObserver(
                scheme, constant, batches + 1, first, new Ranges(min, max));
    }

    private float step(float mean, float value) {
        float moved = mean + constant * (value - mean);
        // The difference of two finite values may overflow where their average does not.
        return Float.isInfinite(moved)
                ? (float) (mean + (double) constant * ((double) value - mean))
                : moved;
    }

    @Override
    public MovingAverageObserver merge(Observer other) {
        if (!(other instanceof MovingAverageObserver that)
                || !scheme.equals(that.scheme)
                || constant != that.constant) {
            throw Mismatch.merge(this, other);
        }
        if (isEmpty() || that.isEmpty()) {
            return isEmpty() ? that : this;
        }
        average.requireSameCount(that.average);
        double decay = Math.pow(1 - (double) constant, (double) that.batches);
        float[] min = new float[average.min.length];
        float[] max = new float[average.min.length];
        for (int i = 0; i < min.length; i++) {
            min[i] =
                    (float)
                            (that.average.min[i]
                                    + decay * ((double) average.min[i] - that.first.min[i]));
            max[i] =
                    (float)
                            (that.average.max[i]
                                    + decay * ((double) average.max[i] - that.first.max[i]));
            // Rounding must not turn a range of one value around.
            max[i] = Math.max(min[i], max[i]);
        }
        return new MovingAverageObserver(
                scheme, constant, batches + that.batches, first, new Ranges(min, max));
    }

    @Override
    public QuantizationParameters parameters() {
        return average.parameters(scheme);
    }

    @Override
    public ObserverState state() {
        return new ObserverState.MovingAverage(batches, first.state(), average.state());
    }

    @Override
    public MovingAverageObserver withState(ObserverState state) {
        if (!(state instanceof ObserverState.MovingAverage stored)) {
            throw Mismatch.state(this, state);
        }
        Ranges storedFirst = Ranges.of(stored.first());
        Ranges storedAverage = Ranges.of(stored.average());
        storedFirst.requireSameCount(storedAverage);
        if (stored.batches() < 0 || (stored.batches() == 0) != storedAverage.isEmpty()) {
            throw new IllegalArgumentException(
                    "The state counts "
                            + stored.batches()
                            + " batches and holds "
                            + storedAverage.min.length
                            + " ranges; it has ranges if and only if it has batches.");
        }
        return new MovingAverageObserver(
                scheme, constant, stored.batches(), storedFirst, storedAverage);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MovingAverageObserver that
                && scheme.equals(that.scheme)
                && constant == that.constant
                && batches == that.batches
                && first.equals(that.first)
                && average.equals(that.average);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, constant, batches, first, average);
    }

    @Override
    public String toString() {
        return "MovingAverageObserver for " + scheme + ": " + average;
    }
}
