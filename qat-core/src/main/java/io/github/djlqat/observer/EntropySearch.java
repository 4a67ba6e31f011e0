package io.github.djlqat.observer;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.Arrays;

/**
 * The range whose quantized distribution of magnitudes has the least Kullback-Leibler divergence
 * from the distribution clipped to that range, as in TensorRT's calibration.
 *
 * <p>For each number \( i \) of kept bins, the reference \( P \) is the first \( i \) bins with all
 * the rest added to the last of them, and the candidate \( Q \) joins the \( i \) bins evenly into
 * as many levels as magnitudes have codes and spreads each level over its bins that are not empty.
 * The bin at zero is given the count of its neighbour, lest rectified activations outweigh
 * everything else, and a last bin that is empty counts \( 10^{-4} \) in \( Q \), the smoothing of
 * ONNX Runtime's calibrator, lest one outlier forbid every narrower range. Of equal divergences the
 * widest range is taken.
 */
record EntropySearch() implements HistogramSearch {

    private static final int MAX_BINS = 2048;
    private static final int MAX_CANDIDATES = 512;
    private static final double SMOOTHING = 1e-4;

    @Override
    public Range search(Histogram histogram, QuantizationScheme scheme) {
        Range range = histogram.range();
        boolean upperOnly = scheme.isOneSided();
        float largest = upperOnly ? Math.max(range.max(), 0f) : range.absMax();
        long[] magnitudes = upperOnly ? histogram.upper() : histogram.magnitudes();
        double[] bins = coarsened(magnitudes);
        double width = histogram.width();
        for (int length = magnitudes.length; length > MAX_BINS; length = (length + 1) / 2) {
            width *= 2;
        }
        int kept = bestBins(bins, levels(scheme, range));
        float threshold = kept == bins.length ? largest : (float) Math.min(largest, kept * width);
        if (scheme.symmetry() == Symmetry.SYMMETRIC) {
            return new Range(-threshold, threshold);
        }
        float low = Math.max(-threshold, range.min());
        float high = Math.min(threshold, range.max());
        return new Range(low, high);
    }

    /** Returns how many codes magnitudes have. */
    private static int levels(QuantizationScheme scheme, Range range) {
        IntegerFormat format = scheme.format();
        int codes = format.qmax() - format.qmin() + 1;
        if (scheme.symmetry() == Symmetry.SYMMETRIC) {
            boolean mirrored = !format.signed() && !scheme.isOneSided();
            return mirrored ? codes / 2 : format.qmax() + 1;
        }
        return range.min() < 0 && range.max() > 0 ? codes / 2 : codes;
    }

    private static double[] coarsened(long[] counts) {
        double[] bins = Arrays.stream(counts).asDoubleStream().toArray();
        while (bins.length > MAX_BINS) {
            double[] pairs = new double[(bins.length + 1) / 2];
            for (int i = 0; i < bins.length; i++) {
                pairs[i / 2] += bins[i];
            }
            bins = pairs;
        }
        return bins;
    }

    /**
     * Finds the number of bins to keep.
     *
     * @param counts the counts by magnitude
     * @param levels the number of codes for magnitudes
     * @return the number of bins, at least levels unless there are fewer
     */
    static int bestBins(double[] counts, int levels) {
        if (counts.length <= levels) {
            return counts.length;
        }
        double[] bins = counts.clone();
        bins[0] = bins[1];
        int stride = Math.max(1, (bins.length - levels) / MAX_CANDIDATES);
        double outliers = 0;
        int best = bins.length;
        double least = divergence(bins, best, levels, 0);
        int end = bins.length;
        for (int kept = bins.length - stride; kept >= levels; kept -= stride) {
            while (end > kept) {
                outliers += bins[--end];
            }
            double divergence = divergence(bins, kept, levels, outliers);
            if (divergence < least) {
                least = divergence;
                best = kept;
            }
        }
        return best;
    }

    private static double divergence(double[] bins, int kept, int levels, double outliers) {
        double[] sums = new double[levels];
        int[] filled = new int[levels];
        double candidateTotal = 0;
        for (int i = 0; i < kept; i++) {
            if (bins[i] > 0) {
                int level = (int) ((long) i * levels / kept);
                sums[level] += bins[i];
                filled[level]++;
                candidateTotal += bins[i];
            }
        }
        if (candidateTotal == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double referenceTotal = candidateTotal + outliers;
        double divergence = 0;
        if (outliers > 0 && bins[kept - 1] == 0) {
            double p = outliers / referenceTotal;
            divergence = p * Math.log(p / (SMOOTHING / candidateTotal));
        }
        for (int i = 0; i < kept; i++) {
            if (bins[i] > 0) {
                int level = (int) ((long) i * levels / kept);
                double p = (i == kept - 1 ? bins[i] + outliers : bins[i]) / referenceTotal;
                double q = sums[level] / filled[level] / candidateTotal;
                divergence += p * Math.log(p / q);
            }
        }
        return divergence;
    }
}
