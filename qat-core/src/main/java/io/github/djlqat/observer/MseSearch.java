package io.github.djlqat.observer;

import io.github.djlqat.convention.ScaleAndZeroPoint;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;

/**
 * The range whose quantization has the least squared error, among fractions of the range seen.
 *
 * <p>A symmetric range is searched over one fraction of \( A \), an affine range over a fraction of
 * each end, first on a grid and then around the best. The range seen is itself a candidate. Over
 * the full range of a signed format the fraction goes beyond 1, up to where \( +A \) is no longer
 * clipped. A histogram of fewer bins than the format has codes is not searched: the range seen is
 * taken.
 */
record MseSearch() implements HistogramSearch, SliceSearch {

    private static final int GRID = 64;
    private static final int GRID_PER_END = 12;
    private static final int REFINEMENTS = 3;
    private static final int NEIGHBOURS = 2;

    @Override
    public Range search(Histogram histogram, QuantizationScheme scheme) {
        int bins = histogram.bins();
        if (scheme.format().valueCount() > bins) {
            // Bins wider than steps say nothing of rounding, and clipping costs more than it.
            return histogram.range();
        }
        float[] centres = new float[bins];
        float[] weights = new float[bins];
        int used = 0;
        for (int bin = 0; bin < bins; bin++) {
            if (histogram.count(bin) > 0) {
                centres[used] = histogram.centre(bin);
                weights[used++] = histogram.count(bin);
            }
        }
        int count = used;
        return search(
                histogram.range(),
                scheme,
                candidate -> {
                    Grid grid = new Grid(candidate, scheme);
                    double sum = 0;
                    for (int i = 0; i < count; i++) {
                        double error = grid.error(centres[i]);
                        sum += weights[i] * error * error;
                    }
                    return sum;
                });
    }

    @Override
    public Range search(float[] values, QuantizationScheme scheme) {
        return search(
                Range.of(values, 0, values.length),
                scheme,
                candidate -> {
                    Grid grid = new Grid(candidate, scheme);
                    double sum = 0;
                    for (float value : values) {
                        double error = grid.error(value);
                        sum += error * error;
                    }
                    return sum;
                });
    }

    private static Range search(Range seen, QuantizationScheme scheme, SquaredError squaredError) {
        Best best = new Best(seen, squaredError);
        float low = Math.min(seen.min(), 0f);
        float high = Math.max(seen.max(), 0f);
        IntegerFormat format = scheme.format();
        if (scheme.symmetry() == Symmetry.SYMMETRIC) {
            boolean mirrored = !scheme.isOneSided();
            float magnitude = mirrored ? Math.max(-low, high) : high;
            double largestCode = (1 << (format.bits() - 1)) - 1;
            double top = mirrored ? (format.qmax() - format.qmin()) / (2 * largestCode) : 1;
            best.searchMagnitude(magnitude, top, mirrored);
        } else if (low < 0 && high > 0) {
            best.searchEnds(low, high);
        } else {
            best.searchOneSided(low, high);
        }
        return best.range;
    }

    /** The squared error that a range causes on the values. */
    private interface SquaredError {
        double of(Range range);
    }

    /** The best range so far. */
    private static final class Best {
        private final SquaredError squaredError;
        private Range range;
        private double error;
        private double lowFraction = 1;
        private double highFraction = 1;

        Best(Range seen, SquaredError squaredError) {
            this.squaredError = squaredError;
            this.range = seen;
            this.error = squaredError.of(seen);
        }

        void searchMagnitude(float magnitude, double top, boolean mirrored) {
            searchFraction(top, mirrored ? -magnitude : 0, magnitude);
        }

        void searchOneSided(float low, float high) {
            searchFraction(1, low, high);
        }

        private void searchFraction(double top, float low, float high) {
            double step = top / GRID;
            for (int k = 1; k <= GRID; k++) {
                tryEnds(low, high, k * step, k * step);
            }
            for (int round = 0; round < REFINEMENTS; round++) {
                step /= NEIGHBOURS + 1;
                double centre = highFraction;
                for (int k = -NEIGHBOURS; k <= NEIGHBOURS; k++) {
                    double fraction = Math.min(top, centre + k * step);
                    tryEnds(low, high, fraction, fraction);
                }
            }
        }

        void searchEnds(float low, float high) {
            double step = 1.0 / GRID_PER_END;
            for (int i = 1; i <= GRID_PER_END; i++) {
                for (int j = 1; j <= GRID_PER_END; j++) {
                    tryEnds(low, high, i * step, j * step);
                }
            }
            for (int round = 0; round < REFINEMENTS; round++) {
                step /= NEIGHBOURS + 1;
                double lowCentre = lowFraction;
                double highCentre = highFraction;
                for (int i = -NEIGHBOURS; i <= NEIGHBOURS; i++) {
                    for (int j = -NEIGHBOURS; j <= NEIGHBOURS; j++) {
                        tryEnds(
                                low,
                                high,
                                Math.min(1, lowCentre + i * step),
                                Math.min(1, highCentre + j * step));
                    }
                }
            }
        }

        private void tryEnds(float low, float high, double fractionOfLow, double fractionOfHigh) {
            if (fractionOfLow <= 0 || fractionOfHigh <= 0) {
                return;
            }
            double candidateHigh = fractionOfHigh * high;
            double candidateLow = fractionOfLow * low;
            if (candidateHigh > Float.MAX_VALUE || candidateLow < -Float.MAX_VALUE) {
                return;
            }
            Range candidate = new Range((float) candidateLow, (float) candidateHigh);
            double candidateError = squaredError.of(candidate);
            if (candidateError < error) {
                error = candidateError;
                range = candidate;
                lowFraction = fractionOfLow;
                highFraction = fractionOfHigh;
            }
        }
    }

    /** The representable values of one range. */
    private static final class Grid {
        private final float scale;
        private final float inverse;
        private final double lowest;
        private final double highest;

        Grid(Range range, QuantizationScheme scheme) {
            ScaleAndZeroPoint chosen = range.quantization(scheme);
            this.scale = chosen.scale();
            this.inverse = 1f / scale;
            this.lowest = scheme.format().qmin() - chosen.zeroPoint();
            this.highest = scheme.format().qmax() - chosen.zeroPoint();
        }

        double error(float value) {
            double steps = Math.rint(value * inverse);
            steps = steps < lowest ? lowest : steps > highest ? highest : steps;
            return (float) steps * scale - value;
        }
    }
}
