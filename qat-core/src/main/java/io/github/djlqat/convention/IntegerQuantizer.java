package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;

/**
 * The scalar definition of quantization with one scale and one zero point: values to codes and
 * back, in single precision.
 */
public final class IntegerQuantizer {

    private final CodeArithmetic arithmetic;
    private final float scale;
    private final float inverse;
    private final float stored;
    private final int zeroPoint;
    private final int qmin;
    private final int qmax;

    /**
     * Creates a quantizer.
     *
     * @param arithmetic how values become codes
     * @param format the format of the codes
     * @param scale the scale, finite and not zero
     * @param zeroPoint the zero point, a code of the format
     */
    public IntegerQuantizer(
            CodeArithmetic arithmetic, IntegerFormat format, float scale, int zeroPoint) {
        this.arithmetic = arithmetic;
        this.scale = scale;
        this.inverse = 1f / scale;
        this.stored = arithmetic.storedScale().of(scale);
        this.zeroPoint = zeroPoint;
        this.qmin = format.qmin();
        this.qmax = format.qmax();
    }

    /**
     * Quantizes a value.
     *
     * @param value the value
     * @param index the place of the value in its tensor, for messages and for stochastic rounding
     * @return the code
     * @throws IllegalArgumentException if the value is not finite and the arithmetic refuses it
     */
    public int code(float value, long index) {
        double code = unclamped(value, index);
        if (arithmetic.nonFinite() == NonFinite.REFUSE && Float.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "Value " + index + " is " + value + "; only finite values have codes.");
        }
        if (code >= qmin && code <= qmax) {
            return (int) code;
        }
        if (Double.isNaN(code)) {
            if (arithmetic.nonFinite() == NonFinite.NAN_TO_LOWEST_CODE) {
                return qmin;
            }
            throw new IllegalArgumentException("Value " + index + " is NaN, which has no code.");
        }
        return code < qmin ? qmin : qmax;
    }

    /**
     * Returns the value of a code, \( (q - z) s \).
     *
     * @param code the code
     * @return the value
     */
    public float value(int code) {
        return (code - zeroPoint) * stored;
    }

    private double unclamped(float value, long index) {
        CodeRounding rounding = arithmetic.rounding();
        double uniform =
                rounding == CodeRounding.STOCHASTIC ? uniform(arithmetic.seed(), index) : 0;
        return switch (arithmetic.zeroPoint()) {
            case ADDED_AFTER_ROUNDING -> rounding.round(ratio(value), 0, uniform) + zeroPoint;
            case ADDED_BEFORE_ROUNDING -> rounding.round(ratio(value), zeroPoint, uniform);
            case COUNTED_FROM_LOWEST ->
                    rounding.round(ratio(value), zeroPoint - qmin, uniform) + qmin;
            case AS_LOWEST_VALUE -> {
                float low = (qmin - zeroPoint) * scale;
                float high = (qmax - zeroPoint) * scale;
                float within = Math.min(Math.max(value, low), high);
                yield rounding.round(ratio(within - low), qmin - zeroPoint, uniform) + zeroPoint;
            }
        };
    }

    private float ratio(float value) {
        // The inverse of a subnormal scale overflows, and its product with zero is NaN.
        boolean divide =
                arithmetic.division() == ScaleDivision.DIVIDE
                        || !(Math.abs(inverse) <= Float.MAX_VALUE);
        return divide ? value / scale : value * inverse;
    }

    /** A random number in [0, 1) for each place: the finalizer of SplitMix64 on a counter. */
    private static double uniform(long seed, long index) {
        long bits = seed + (index + 1) * 0x9e3779b97f4a7c15L;
        bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return ((bits ^ (bits >>> 31)) >>> 11) * 0x1p-53;
    }
}
