package io.github.djlqat.scheme;

import java.util.Arrays;

/**
 * The scales and zero points of a quantized tensor.
 *
 * <p>\( q = \mathrm{clamp}(\mathrm{rint}(x \cdot (1 / s)) + z, q_{min}, q_{max}) \) and \( \hat x =
 * (q - z) s \), in single precision with rounding half to even.
 *
 * @param scheme the scheme
 * @param scales the positive finite scales: one per tensor, one per channel, or one per group in
 *     row-major order of the tensor's shape with the grouped axis divided by the group size
 * @param zeroPoints the zero points, as many as scales, each within the format's codes
 */
public record QuantizationParameters(QuantizationScheme scheme, float[] scales, int[] zeroPoints) {

    /**
     * Copies and checks the arrays.
     *
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
            if (!(scales[i] > 0) || Float.isInfinite(scales[i])) {
                throw new IllegalArgumentException(
                        "Scale " + i + " is " + scales[i] + "; a scale is positive and finite.");
            }
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

    @Override
    public float[] scales() {
        return scales.clone();
    }

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
