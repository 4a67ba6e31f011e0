package io.github.djlqat.observer;

import io.github.djlqat.scheme.QuantizationScheme;

/** The choice of one range from a histogram of a whole tensor. */
@FunctionalInterface
interface HistogramSearch {

    /**
     * Chooses a range.
     *
     * @param histogram a histogram that is not empty
     * @param scheme the scheme
     * @return the range
     */
    Range search(Histogram histogram, QuantizationScheme scheme);
}
