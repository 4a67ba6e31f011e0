package io.github.djlqat.observer;

import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/**
 * The range between two percentiles, interpolated linearly between the neighbouring values in
 * order.
 *
 * <p>Affine schemes lose half of the remainder at each end; symmetric signed schemes take the
 * percentile of the magnitudes, and symmetric unsigned schemes that of the values.
 *
 * @param percentile the percentage of the values that is kept, above 50 and at most 100
 */
record PercentileSearch(double percentile) implements HistogramSearch, SliceSearch {

    static final double DEFAULT_PERCENTILE = 99.99;

    PercentileSearch {
        if (!(percentile > 50 && percentile <= 100)) {
            throw new IllegalArgumentException(
                    "The percentile is " + percentile + "; it is above 50 and at most 100.");
        }
    }

    @Override
    public Range search(Histogram histogram, QuantizationScheme scheme) {
        long total = histogram.total();
        Range range = histogram.range();
        if (mirrored(scheme)) {
            float magnitude =
                    (float)
                            quantile(
                                    percentile / 100,
                                    total,
                                    ordered(
                                            histogram.magnitudes(),
                                            new double[] {0, histogram.width(), 0, range.absMax()},
                                            total));
            return new Range(-magnitude, magnitude);
        }
        long[] counts = new long[histogram.bins()];
        for (int bin = 0; bin < counts.length; bin++) {
            counts[bin] = histogram.count(bin);
        }
        LongToDoubleFunction ordered =
                ordered(
                        counts,
                        new double[] {
                            histogram.edge(0), histogram.width(), range.min(), range.max()
                        },
                        total);
        return between(scheme, total, ordered);
    }

    @Override
    public Range search(float[] values, QuantizationScheme scheme) {
        if (mirrored(scheme)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]);
            }
            Arrays.sort(values);
            float magnitude =
                    (float) quantile(percentile / 100, values.length, i -> values[(int) i]);
            return new Range(-magnitude, magnitude);
        }
        Arrays.sort(values);
        return between(scheme, values.length, i -> values[(int) i]);
    }

    private static boolean mirrored(QuantizationScheme scheme) {
        return scheme.symmetry() == Symmetry.SYMMETRIC && !scheme.isOneSided();
    }

    private Range between(QuantizationScheme scheme, long total, LongToDoubleFunction ordered) {
        boolean affine = scheme.symmetry() == Symmetry.AFFINE;
        double cut = affine ? (1 - percentile / 100) / 2 : 1 - percentile / 100;
        double high = quantile(1 - cut, total, ordered);
        double low = affine ? quantile(cut, total, ordered) : Math.min(0, high);
        return new Range((float) low, (float) high);
    }

    private static double quantile(double fraction, long total, LongToDoubleFunction ordered) {
        double position = fraction * (total - 1);
        long below = (long) Math.floor(position);
        double lower = ordered.applyAsDouble(below);
        return below + 1 >= total
                ? lower
                : lower + (position - below) * (ordered.applyAsDouble(below + 1) - lower);
    }

    /**
     * Returns the approximate value at each place in ascending order, spreading a bin's values
     * evenly over it.
     *
     * @param axis the lower edge of the first bin, the width of a bin, the smallest value and the
     *     largest
     */
    private static LongToDoubleFunction ordered(long[] counts, double[] axis, long total) {
        return place -> {
            if (place == total - 1) {
                return axis[3];
            }
            long before = 0;
            int bin = 0;
            while (before + counts[bin] <= place) {
                before += counts[bin++];
            }
            double value = axis[0] + (bin + (place - before + 0.5) / counts[bin]) * axis[1];
            return Math.max(axis[2], Math.min(axis[3], value));
        };
    }
}
