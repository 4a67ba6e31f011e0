package io.github.djlqat.scheme;

import io.github.djlqat.convention.MinimumScale;
import io.github.djlqat.convention.ScaleAndZeroPoint;
import io.github.djlqat.convention.ScaleChoice;

/**
 * The choice of scales and zero points from ranges of real values, by the scheme's convention.
 *
 * <p>By default, with \( A = \max(|min|, |max|) \) and a range stretched to hold zero:
 *
 * <ul>
 *   <li>symmetric and signed: \( s = A / ((q_{max} - q_{min}) / 2) \), \( z = 0 \); over a narrow
 *       range this is \( A / q_{max} \), over the full range the values next to \( +A \) are
 *       clipped by half a step;
 *   <li>symmetric and unsigned: \( s = max / q_{max} \), \( z = 0 \); negative values are clipped
 *       to zero;
 *   <li>affine: \( s = (max - min) / (q_{max} - q_{min}) \), \( z = q_{min} - \mathrm{rint}(min /
 *       s) \), clamped to the codes.
 * </ul>
 *
 * <p>A scale is then never below \( 2^{-23} \), torch's floor.
 */
public final class ScaleRule {

    /** The smallest scale that is chosen by default, single precision's machine epsilon. */
    public static final float MIN_SCALE = MinimumScale.EPSILON.scale();

    private ScaleRule() {}

    /**
     * Chooses parameters for the ranges of a tensor.
     *
     * @param scheme the scheme
     * @param min the smallest value of each scale's elements, finite
     * @param max the largest value of each scale's elements, finite and at least min
     * @return the parameters
     * @throws IllegalArgumentException if the lengths differ, or a range is not finite or is
     *     reversed
     */
    public static QuantizationParameters parameters(
            QuantizationScheme scheme, float[] min, float[] max) {
        if (min.length != max.length) {
            throw new IllegalArgumentException(
                    min.length + " minima and " + max.length + " maxima; both must be equal.");
        }
        float[] scales = new float[min.length];
        int[] zeroPoints = new int[min.length];
        for (int i = 0; i < min.length; i++) {
            ScaleAndZeroPoint chosen = choose(scheme, min[i], max[i]);
            scales[i] = chosen.scale();
            zeroPoints[i] = chosen.zeroPoint();
        }
        return new QuantizationParameters(scheme, scales, zeroPoints);
    }

    /**
     * Chooses the scale and the zero point of one range.
     *
     * @param scheme the scheme
     * @param min the smallest value, finite
     * @param max the largest value, finite and at least min
     * @return the scale, finite and not zero, and the zero point, a code of the format
     * @throws IllegalArgumentException if the range is not finite or is reversed
     */
    public static ScaleAndZeroPoint choose(QuantizationScheme scheme, float min, float max) {
        ScaleChoice choice = scheme.convention().scales();
        return scheme.symmetry() == Symmetry.AFFINE
                ? choice.affine(scheme.format(), min, max)
                : choice.symmetric(scheme.format(), min, max);
    }
}
