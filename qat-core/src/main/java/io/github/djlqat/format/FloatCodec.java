package io.github.djlqat.format;

import java.util.random.RandomGenerator;

/**
 * The definition of the floating-point formats: binary32 numbers to codes and back.
 *
 * <p>A number \( x \) is rounded once, from its exact value, to a multiple of \( 2^{\max(\lfloor
 * \log_2 |x| \rfloor, e_{min}) - m} \), as if the exponent had no upper end; ties to even look at
 * that multiple, so they go to the larger power of two where there are no mantissa bits. What then
 * lies beyond the largest finite value follows the {@link Overflow}, except that a finite number
 * rounded {@linkplain Rounding#TOWARD_ZERO toward zero} never leaves the finite values (IEEE
 * 754-2019, 7.4). NaN keeps its sign where the format has two NaNs, and becomes code 0 where it has
 * none. Where there is no negative zero, its place is taken by zero.
 *
 * <p>In an unsigned format a negative number becomes code 0 if it rounds to zero or saturates, and
 * NaN otherwise; so does zero in a format without zero.
 *
 * <p>A code is the bit pattern in the low bits of an int.
 */
public final class FloatCodec {

    private FloatCodec() {}

    /**
     * Encodes a number in a rounding mode that needs no random number.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @param rounding the rounding mode, not {@link Rounding#STOCHASTIC}
     * @param overflow what becomes of magnitudes beyond the largest of the format
     * @return the code
     * @throws IllegalArgumentException if rounding is stochastic
     */
    public static int encode(FloatFormat format, float x, Rounding rounding, Overflow overflow) {
        if (rounding == Rounding.STOCHASTIC) {
            // Of zero and the special values too, so that the mistake shows on the first value.
            return (int) rounding.apply(x);
        }
        return encode(format, x, rounding, overflow, 0);
    }

    /**
     * Encodes a number in any rounding mode.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @param rounding the rounding mode
     * @param overflow what becomes of magnitudes beyond the largest of the format
     * @param random what {@link Rounding#STOCHASTIC} draws one double from; other modes draw none
     * @return the code
     */
    public static int encode(
            FloatFormat format,
            float x,
            Rounding rounding,
            Overflow overflow,
            RandomGenerator random) {
        double uniform = rounding == Rounding.STOCHASTIC ? random.nextDouble() : 0;
        return encode(format, x, rounding, overflow, uniform);
    }

    /**
     * Encodes a number in any rounding mode.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @param rounding the rounding mode
     * @param overflow what becomes of magnitudes beyond the largest of the format
     * @param uniform a random number in [0, 1), which only {@link Rounding#STOCHASTIC} looks at
     * @return the code
     * @throws IllegalArgumentException if rounding is stochastic and uniform is outside [0, 1)
     */
    public static int encode(
            FloatFormat format, float x, Rounding rounding, Overflow overflow, double uniform) {
        int sign = Float.floatToRawIntBits(x) < 0 ? format.signMask() : 0;
        if (Float.isNaN(x)) {
            return nan(format, sign);
        }
        long magnitude =
                Float.isInfinite(x) ? Long.MAX_VALUE : magnitude(format, x, rounding, uniform);
        boolean belowRange =
                x < 0 ? !format.signed() && magnitude > 0 : x == 0 && !format.hasZero();
        if (belowRange || (x < 0 && !format.hasZero())) {
            return overflow == Overflow.SATURATE ? 0 : nan(format, 0);
        }
        if (magnitude > format.maxCode()) {
            boolean keepsFinite = rounding == Rounding.TOWARD_ZERO && !Float.isInfinite(x);
            return keepsFinite || overflow == Overflow.SATURATE
                    ? sign | format.maxCode()
                    : nonFinite(format, sign);
        }
        return magnitude == 0 && !format.hasNegativeZero() ? 0 : sign | (int) magnitude;
    }

    /**
     * Decodes a code.
     *
     * @param format the format
     * @param code the bit pattern in the low bits
     * @return the number, infinity or NaN that the code stands for
     * @throws IllegalArgumentException if a bit above those of the format is set
     */
    public static float decode(FloatFormat format, int code) {
        int sign = code & format.signMask();
        int magnitude = code ^ sign;
        if (magnitude >>> format.magnitudeBits() != 0) {
            throw new IllegalArgumentException(
                    "0x"
                            + Integer.toHexString(code)
                            + " is no code of the "
                            + format.bits()
                            + "-bit format "
                            + format
                            + ".");
        }
        float value = positive(format, magnitude);
        if (sign == 0) {
            return value;
        }
        return magnitude == 0 && !format.hasNegativeZero() ? Float.NaN : -value;
    }

    /**
     * Rounds a number to a value of the format.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @param rounding the rounding mode, not {@link Rounding#STOCHASTIC}
     * @param overflow what becomes of magnitudes beyond the largest of the format
     * @return the number that the code of x stands for
     * @throws IllegalArgumentException if rounding is stochastic
     */
    public static float round(FloatFormat format, float x, Rounding rounding, Overflow overflow) {
        return decode(format, encode(format, x, rounding, overflow));
    }

    /** The code of the rounded magnitude if the exponent field had no upper end. */
    private static long magnitude(FloatFormat format, float x, Rounding rounding, double uniform) {
        int mantissaBits = format.mantissaBits();
        int steps =
                Math.max(Math.getExponent((double) x), format.minExponent()) - format.minExponent();
        double significand = x * powerOfTwo(mantissaBits - steps - format.minExponent());
        long rounded = (long) Math.abs(rounding.apply(significand, uniform));
        long code = ((long) steps << mantissaBits) + rounded;
        // A significand of 1 in the lowest binade is code 1 above zero, or code 0 if there is no
        // zero.
        return format.hasZero() ? code : Math.max(code - 1, 0);
    }

    private static float positive(FloatFormat format, int magnitude) {
        if (magnitude > format.maxCode()) {
            boolean infinite = format.hasInfinity() && magnitude == format.maxCode() + 1;
            return infinite ? Float.POSITIVE_INFINITY : Float.NaN;
        }
        int field = magnitude >>> format.mantissaBits();
        int fraction = magnitude & ((1 << format.mantissaBits()) - 1);
        boolean subnormal = field == 0 && format.hasZero();
        int significand = subnormal ? fraction : fraction | 1 << format.mantissaBits();
        int exponent = subnormal ? format.minExponent() : field - format.bias();
        return (float) (significand * powerOfTwo(exponent - format.mantissaBits()));
    }

    private static int nonFinite(FloatFormat format, int sign) {
        if (format.hasInfinity()) {
            return sign | format.maxCode() + 1;
        }
        return format.hasNaN() ? nan(format, sign) : sign | format.maxCode();
    }

    private static int nan(FloatFormat format, int sign) {
        return switch (format.specials()) {
            case IEEE -> sign | (format.maxCode() + 1) | 1 << (format.mantissaBits() - 1);
            case NAN_ONLY -> sign | format.maxCode() + 1;
            case FINITE_ONLY -> 0;
            case NAN_AS_NEGATIVE_ZERO -> format.signMask();
        };
    }

    /** Two to an exponent whose power is a normal double. */
    private static double powerOfTwo(int exponent) {
        return Double.longBitsToDouble((long) (exponent + Double.MAX_EXPONENT) << 52);
    }
}
