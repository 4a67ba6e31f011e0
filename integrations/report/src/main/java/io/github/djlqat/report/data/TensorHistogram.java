package io.github.djlqat.report.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one tensor are distributed, and where its quantizer clips and rounds them.
 *
 * @param tensor the name of the tensor
 * @param layer the name of the layer that takes it
 * @param kind whether it is a weight or an activation
 * @param unit what edges, clipping and levels are counted in
 * @param edges the finite edges of the bins, increasing, one more than bins
 * @param counts the number of values in each bin, at least 0
 * @param clipping the range that values are clipped to, or null where the tensor is not quantized
 *     to one range
 * @param levels the values that the tensor is rounded to, increasing; empty where they are not
 *     known, or differ from value to value
 */
public record TensorHistogram(
        String tensor,
        String layer,
        Kind kind,
        Unit unit,
        List<Double> edges,
        List<Long> counts,
        @Nullable Interval clipping,
        List<Double> levels) {

    /** The largest number of bins. */
    public static final int MAX_BINS = 4096;

    private static final int MAX_LEVELS = 65536;

    /** What a tensor is. */
    public enum Kind {
        /** A parameter of the model. */
        WEIGHT,
        /** What the model computes from its input. */
        ACTIVATION
    }

    /** What the values of a tensor are counted in. */
    public enum Unit {
        /** The values themselves. */
        VALUE,
        /**
         * The codes before they are rounded, \( x / s + z \): where each channel or group has a
         * scale of its own, this is what they have in common.
         */
        CODE
    }

    /**
     * Copies the lists and checks the parts.
     *
     * @param tensor the name of the tensor
     * @param layer the name of the layer that takes it
     * @param kind whether it is a weight or an activation
     * @param unit what edges, clipping and levels are counted in
     * @param edges the finite edges of the bins, increasing, one more than bins
     * @param counts the number of values in each bin, at least 0
     * @param clipping the range that values are clipped to, or null where the tensor is not
     *     quantized to one range
     * @param levels the values that the tensor is rounded to, increasing; empty where they are not
     *     known, or differ from value to value
     * @throws IllegalArgumentException if edges or levels do not increase or are not finite, a
     *     count is negative, or the numbers of edges and counts do not fit
     */
    public TensorHistogram {
        Checks.name("name of a tensor", tensor);
        Checks.name("layer of the tensor " + tensor, layer);
        if (kind == null || unit == null) {
            throw new IllegalArgumentException(
                    "The kind or the unit of the tensor " + tensor + " is missing.");
        }
        edges = Checks.list("edges of the histogram of " + tensor, edges, MAX_BINS + 1);
        counts = Checks.list("counts of the histogram of " + tensor, counts, MAX_BINS);
        levels = Checks.list("levels of the histogram of " + tensor, levels, MAX_LEVELS);
        if (counts.isEmpty() || edges.size() != counts.size() + 1) {
            throw new IllegalArgumentException(
                    "The histogram of "
                            + tensor
                            + " has "
                            + counts.size()
                            + " counts and "
                            + edges.size()
                            + " edges; there is at least one count, and one edge more than counts.");
        }
        requireIncreasing("edges", tensor, edges);
        requireIncreasing("levels", tensor, levels);
        long left = Long.MAX_VALUE;
        for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i) < 0 || counts.get(i) > left) {
                throw new IllegalArgumentException(
                        "Bin "
                                + i
                                + " of the histogram of "
                                + tensor
                                + " counts "
                                + counts.get(i)
                                + " values; it is at least 0, and all together are at most "
                                + Long.MAX_VALUE
                                + ".");
            }
            left -= counts.get(i);
        }
    }

    private static void requireIncreasing(String what, String tensor, List<Double> values) {
        for (int i = 0; i < values.size(); i++) {
            double value = values.get(i);
            boolean ordered = i == 0 || value > values.get(i - 1);
            if (!(Math.abs(value) <= Checks.LARGEST) || !ordered) {
                throw new IllegalArgumentException(
                        "The "
                                + what
                                + " of the histogram of "
                                + tensor
                                + " do not increase or are not finite, with magnitudes of at most 1e150, at number "
                                + i
                                + ", "
                                + value
                                + ".");
            }
        }
    }

    /**
     * Returns the number of values counted.
     *
     * @return the sum of the counts
     */
    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
