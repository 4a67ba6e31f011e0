package io.github.djlqat.scheme;

import java.util.Arrays;

/**
 * The scales and zero points of a quantized tensor.
 *
 * <p>\( \hat x = (q - z) s \) for codes \( q \); how values become codes is the scheme's
 * convention.
 *
 * @param scheme the scheme
 * @param scales the finite scales, positive unless the convention has signed ones: one per tensor,
 *     channel or token, or one per group or block in row-major order of the tensor's shape with the
 *     grouped axes divided by the size, rounded up
 * @param zeroPoints the zero points, as many as scales, each within the format's codes
 */
public record QuantizationParameters(QuantizationScheme scheme, float[] scales, int[] zeroPoints) {

    /**
     * Copies and checks the arrays.
     *
     * @param scheme the scheme
     * @param scales the finite scales, positive unless the convention has signed ones: one per
     *     tensor, channel or token, or one per group or block in row-major order of the tensor's
     *     shape with the grouped axes divided by the size, rounded up
     * @param zeroPoints the zero points, as many as scales, each within the format's codes
     * @throws IllegalArgumentException if the lengths differ, a scale is not positive and finite,
     *     or a zero point is not a code of the format
     */
    public QuantizationParameters {
        scales = scales.clone();
        zeroPoints = zeroPoints.clone();
        if (scales.length == 0 || scales.length != zeroPoints.length) {
            throw new IllegalArgumentException(
                    scales.length
                            + " scales and "
                            + zeroPoints.length
                            + " zero points; both must be equal and at least 1.");
        }
        for (int i = 0; i < scales.length; i++) {
            requireScale(i, scales[i], scheme.convention().hasSignedScales());
            if (zeroPoints[i] < scheme.format().qmin() || zeroPoints[i] > scheme.format().qmax()) {
                throw new IllegalArgumentException(
                        "Zero point "
                                + i
                                + " is "
                                + zeroPoints[i]
                                + ", which is not a code of "
                                + scheme.format()
                                + ".");
            }
        }
    }

    private static void requireScale(int index, float scale, boolean signed) {
        boolean legal = signed ? scale != 0 && !Float.isNaN(scale) : scale > 0;
        if (!legal || Float.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "Scale "
                            + index
                            + " is "
                            + scale
                            + "; a scale is "
                            + (signed ? "not zero" : "positive")
                            + " and finite.");
        }
    }

    /**
     * Returns the scales.
     *
     * @return a copy: one per tensor, channel or token, or one per group or block
     */
    @Override
    public float[] scales() {
        return scales.clone();
    }

    /**
     * Returns the zero points.
     *
     * @return a copy, as long as the scales
     */
    @Override
    public int[] zeroPoints() {
        return zeroPoints.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuantizationParameters that
                && scheme.equals(that.scheme)
                && Arrays.equals(scales, that.scales)
                && Arrays.equals(zeroPoints, that.zeroPoints);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * scheme.hashCode() + Arrays.hashCode(scales))
                + Arrays.hashCode(zeroPoints);
    }

    @Override
    public String toString() {
        return scheme
                + " scales "
                + Arrays.toString(scales)
                + " zero points "
                + Arrays.toString(zeroPoints);
    }
}
