package io.github.djlqat.observer;

import io.github.djlqat.scheme.QuantizationScheme;

/** The choice of one range from the values that share a scale. */
@FunctionalInterface
interface SliceSearch {

    /**
     * Chooses a range.
     *
     * @param values the values, at least one, all finite; the search may reorder them
     * @param scheme the scheme
     * @return the range
     */
    Range search(float[] values, QuantizationScheme scheme);
}
