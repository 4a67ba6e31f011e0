package io.github.djlqat.recipe;

/** How a range is found from the values seen in calibration. */
public enum ObserverType {
    /** The smallest and largest value. */
    MIN_MAX,
    /** A moving average of the smallest and largest value of each batch. */
    MOVING_AVERAGE,
    /** The values between two percentiles. */
    PERCENTILE,
    /** The range with the least squared error over a histogram. */
    MSE,
    /** The range with the least Kullback-Leibler divergence over a histogram. */
    ENTROPY
}
