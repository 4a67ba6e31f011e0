package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.ScaleRule;
import io.github.djlqat.scheme.Symmetry;
import java.util.Arrays;

/**
 * The first scale of the learned step size method, \( s = 2 \langle |v| \rangle / \sqrt{Q_P} \)
 * (arXiv:1902.08153), for each scale of a tensor.
 */
public final class LsqInitialization {

    private LsqInitialization() {}

    /**
     * Computes the first scales; the zero points are those of the scheme's convention.
     *
     * @param values the values in row-major order, all finite, at least one
     * @param shape the shape of the values
     * @param scheme a symmetric scheme
     * @return the parameters, with scales of at least {@link ScaleRule#MIN_SCALE}
     * @throws IllegalArgumentException if the scheme is affine, a value is NaN or infinite, there
     *     are no values, or the shape does not fit
     */
    public static QuantizationParameters parameters(
            float[] values, Shape shape, QuantizationScheme scheme) {
        if (scheme.symmetry() != Symmetry.SYMMETRIC) {
            throw new IllegalArgumentException(
                    "LSQ was asked for " + scheme + "; its schemes are symmetric.");
        }
        ScaleLayout layout = ScaleLayout.of(scheme.granularity(), shape);
        layout.requireSize(values.length);
        if (values.length == 0) {
            throw new IllegalArgumentException(
                    "Shape " + shape + " has no values to take a scale from.");
        }
        double[] sums = new double[layout.count()];
        int[] counts = new int[layout.count()];
        layout.forEachRun(
                (scale, from, to) -> {
                    Range.of(values, from, to);
                    double sum = 0;
                    for (int i = from; i < to; i++) {
                        sum += Math.abs(values[i]);
                    }
                    sums[scale] += sum;
                    counts[scale] += to - from;
                });
        double root = Math.sqrt(scheme.format().qmax());
        float[] scales = new float[sums.length];
        for (int i = 0; i < scales.length; i++) {
            double scale = Math.min(2 * (sums[i] / counts[i]) / root, Float.MAX_VALUE);
            scales[i] = Math.max((float) scale, ScaleRule.MIN_SCALE);
        }
        int[] zeroPoints = new int[scales.length];
        Arrays.fill(zeroPoints, ScaleRule.choose(scheme, -1, 1).zeroPoint());
        return new QuantizationParameters(scheme, scales, zeroPoints);
    }
}
