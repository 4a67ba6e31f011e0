package io.github.djlqat.scheme;

import io.github.djlqat.format.IntegerFormat;

/**
 * The choice of scales and zero points from ranges of real values, in single precision as torch's
 * observers compute it.
 *
 * <p>With \( A = \max(|min|, |max|) \) and a range stretched to hold zero:
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
 * <p>A scale is never below \( 2^{-23} \), torch's floor.
 */
public final class ScaleRule {

    /** The smallest scale that is chosen, single precision's machine epsilon. */
    public static final float MIN_SCALE = 0x1p-23f;

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
            scales[i] = scale(scheme, min[i], max[i]);
            zeroPoints[i] = zeroPoint(scheme, min[i], scales[i]);
        }
        return new QuantizationParameters(scheme, scales, zeroPoints);
    }

    /**
     * Chooses the scale of one range.
     *
     * @param scheme the scheme
     * @param min the smallest value, finite
     * @param max the largest value, finite and at least min
     * @return the scale, positive and finite
     * @throws IllegalArgumentException if the range is not finite or is reversed
     */
    public static float scale(QuantizationScheme scheme, float min, float max) {
        if (!(min <= max) || Float.isInfinite(min) || Float.isInfinite(max)) {
            throw new IllegalArgumentException(
                    "The range is "
                            + min
                            + " to "
                            + max
                            + "; a range is finite and its minimum is not above its maximum.");
        }
        IntegerFormat format = scheme.format();
        float low = Math.min(min, 0f);
        float high = Math.max(max, 0f);
        int steps = format.qmax() - format.qmin();
        float scale;
        if (scheme.symmetry() == Symmetry.AFFINE) {
            scale = (high - low) / steps;
            if (Float.isInfinite(scale)) {
                scale = (float) (((double) high - low) / steps);
            }
        } else if (format.signed()) {
            scale = Math.max(-low, high) / (steps / 2f);
        } else {
            scale = high / steps;
        }
        return Math.max(scale, MIN_SCALE);
    }

    /**
     * Chooses the zero point of one range.
     *
     * @param scheme the scheme
     * @param min the smallest value
     * @param scale the scale that was chosen for the range
     * @return the zero point, a code of the format; 0 where the scheme is symmetric
     */
    public static int zeroPoint(QuantizationScheme scheme, float min, float scale) {
        if (scheme.symmetry() == Symmetry.SYMMETRIC) {
            return 0;
        }
        IntegerFormat format = scheme.format();
        int zeroPoint = format.qmin() - (int) Math.rint(Math.min(min, 0f) / scale);
        return Math.max(format.qmin(), Math.min(format.qmax(), zeroPoint));
    }
}
