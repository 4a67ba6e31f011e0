package io.github.djlqat.observer;

import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;

/** Creates observers. */
public final class Observers {

    private Observers() {}

    /**
     * Creates an observer that has seen nothing, with the usual settings of its type.
     *
     * @param type how the range is found
     * @param scheme the scheme that parameters are chosen for
     * @return the observer
     * @throws IllegalArgumentException if the type does not go with the scheme's granularity
     */
    public static Observer create(ObserverType type, QuantizationScheme scheme) {
        return switch (type) {
            case MIN_MAX -> new MinMaxObserver(scheme);
            case MOVING_AVERAGE -> new MovingAverageObserver(scheme);
            case PERCENTILE -> percentile(scheme, PercentileSearch.DEFAULT_PERCENTILE);
            case MSE -> mse(scheme);
            case ENTROPY -> entropy(scheme);
        };
    }

    /**
     * Creates an observer that keeps a percentage of the values.
     *
     * <p>An affine range loses half of the remainder at each end; a symmetric signed one keeps that
     * percentage of the magnitudes. Per tensor, the values are counted in a histogram of 2048 to
     * 4096 bins and the result is within a bin of the exact percentile; per channel or group, each
     * batch's percentiles are exact and the range is their union.
     *
     * @param scheme the scheme that parameters are chosen for
     * @param percentile the percentage that is kept, above 50 and at most 100
     * @return the observer
     * @throws IllegalArgumentException if the percentage is out of range
     */
    public static Observer percentile(QuantizationScheme scheme, double percentile) {
        PercentileSearch search = new PercentileSearch(percentile);
        return perTensor(scheme)
                ? new HistogramObserver(scheme, search)
                : new SliceObserver(scheme, search);
    }

    /**
     * Creates an observer that finds the range with the least squared quantization error.
     *
     * <p>Per tensor, the error is that of a histogram of 2048 to 4096 bins; per channel or group,
     * that of each batch's values, and the range is the union of the batches' ranges.
     *
     * @param scheme the scheme that parameters are chosen for
     * @return the observer
     */
    public static Observer mse(QuantizationScheme scheme) {
        MseSearch search = new MseSearch();
        return perTensor(scheme)
                ? new HistogramObserver(scheme, search)
                : new SliceObserver(scheme, search);
    }

    /**
     * Creates an observer that finds the range with the least Kullback-Leibler divergence, as
     * TensorRT's calibration.
     *
     * @param scheme the scheme that parameters are chosen for, per tensor
     * @return the observer
     * @throws IllegalArgumentException if the scheme is not per tensor
     */
    public static Observer entropy(QuantizationScheme scheme) {
        if (!perTensor(scheme)) {
            throw new IllegalArgumentException(
                    "The entropy observer was asked for the granularity "
                            + scheme.granularity()
                            + "; it is legal per tensor only. Per channel or group, legal observers are "
                            + "min-max, moving average, percentile and MSE.");
        }
        return new HistogramObserver(scheme, new EntropySearch());
    }

    private static boolean perTensor(QuantizationScheme scheme) {
        return scheme.granularity() instanceof Granularity.PerTensor;
    }
}
