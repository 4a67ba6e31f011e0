package io.github.djlqat.format;

/**
 * A binary floating-point format of up to 32 bits: a sign, an exponent field and a mantissa field.
 *
 * <p>With exponent field \( E \), mantissa field \( M \) of \( m \) bits and bias \( b \), a code
 * stands for
 *
 * <p>\( (-1)^s \, 2^{E-b} \, (1 + 2^{-m} M) \) where \( E > 0 \), and \( (-1)^s \, 2^{1-b} \,
 * 2^{-m} M \), zero or subnormal, where \( E = 0 \),
 *
 * <p>save for the {@link Specials}. A format with neither sign nor mantissa is a scale of powers of
 * two, such as E8M0: its field 0 is \( 2^{-b} \) and it has no zero.
 *
 * <p>Sources: IEEE 754-2019 (binary16); Micikevicius et al., <i>FP8 Formats for Deep Learning</i>
 * (E4M3, E5M2); Noune et al., <i>8-bit Numerical Formats for Deep Neural Networks</i> (the {@code
 * fnuz} formats); OCP <i>Microscaling Formats Specification</i> 1.0 (the 6- and 4-bit formats and
 * E8M0).
 *
 * @param exponentBits the width of the exponent field, 1 to 8
 * @param mantissaBits the width of the mantissa field, 0 to 23
 * @param bias what is subtracted from the exponent field
 * @param specials which codes are no finite number
 * @param signed whether there is a sign bit, above the exponent field
 */
public record FloatFormat(
        int exponentBits, int mantissaBits, int bias, Specials specials, boolean signed)
        implements NumberFormat {

    /** IEEE 754 binary16. */
    public static final FloatFormat FLOAT16 = ieee(5, 10);

    /** The upper half of IEEE 754 binary32. */
    public static final FloatFormat BFLOAT16 = ieee(8, 7);

    /** The 19-bit operand format of NVIDIA's tensor cores: binary32 with 10 mantissa bits. */
    public static final FloatFormat TF32 = ieee(8, 10);

    /** OCP FP8 E4M3: up to 448, one NaN a sign, no infinity. */
    public static final FloatFormat FLOAT8_E4M3FN = signed(4, 3, 7, Specials.NAN_ONLY);

    /** OCP FP8 E5M2: up to 57344, with infinities and NaNs as in IEEE 754. */
    public static final FloatFormat FLOAT8_E5M2 = ieee(5, 2);

    /** E4M3 with bias 8, up to 240, whose only special code is a NaN in place of negative zero. */
    public static final FloatFormat FLOAT8_E4M3FNUZ =
            signed(4, 3, 8, Specials.NAN_AS_NEGATIVE_ZERO);

    /** E5M2 with bias 16, up to 57344, whose only special code is a NaN for negative zero. */
    public static final FloatFormat FLOAT8_E5M2FNUZ =
            signed(5, 2, 16, Specials.NAN_AS_NEGATIVE_ZERO);

    /** OCP FP6 E2M3: up to 7.5, every code finite. */
    public static final FloatFormat FLOAT6_E2M3FN = signed(2, 3, 1, Specials.FINITE_ONLY);

    /** OCP FP6 E3M2: up to 28, every code finite. */
    public static final FloatFormat FLOAT6_E3M2FN = signed(3, 2, 3, Specials.FINITE_ONLY);

    /** OCP FP4 E2M1: 0, 0.5, 1, 1.5, 2, 3, 4 and 6 with both signs. */
    public static final FloatFormat FLOAT4_E2M1FN = signed(2, 1, 1, Specials.FINITE_ONLY);

    /**
     * OCP E8M0: the powers of two from \( 2^{-127} \) to \( 2^{127} \), and NaN; no zero, no sign.
     */
    public static final FloatFormat FLOAT8_E8M0FNU =
            new FloatFormat(8, 0, 127, Specials.NAN_ONLY, false);

    /**
     * Creates a format.
     *
     * @param exponentBits the width of the exponent field, 1 to 8
     * @param mantissaBits the width of the mantissa field, 0 to 23
     * @param bias what is subtracted from the exponent field
     * @param specials which codes are no finite number
     * @param signed whether there is a sign bit, above the exponent field
     * @throws IllegalArgumentException if exponentBits is outside 1..8 or mantissaBits outside
     *     0..23, if the special codes do not fit or leave no positive finite value, or if the bias
     *     puts a value outside those of binary32
     */
    public FloatFormat {
        requireWithin("exponent bits", exponentBits, 1, 8);
        requireWithin("mantissa bits", mantissaBits, 0, 23);
        if (specials == Specials.NAN_AS_NEGATIVE_ZERO && !signed) {
            throw new IllegalArgumentException(
                    "An unsigned format has no negative zero that could stand for NaN.");
        }
        if (specials == Specials.IEEE && mantissaBits == 0) {
            throw new IllegalArgumentException(
                    "Without mantissa bits the largest exponent cannot hold an infinity and a NaN.");
        }
        boolean powersOnly = !signed && mantissaBits == 0;
        int largest = largestCode(exponentBits, mantissaBits, specials);
        if (largest < (powersOnly ? 0 : 1)) {
            throw new IllegalArgumentException(
                    "The special codes "
                            + specials
                            + " leave no positive number in e"
                            + exponentBits
                            + "m"
                            + mantissaBits
                            + ".");
        }
        int maxExponent = exponentOf(largest, mantissaBits, bias, powersOnly);
        int minExponent = (powersOnly ? -bias : 1 - bias) - mantissaBits;
        if (maxExponent > Float.MAX_EXPONENT || minExponent < -149) {
            throw new IllegalArgumentException(
                    "The bias "
                            + bias
                            + " gives e"
                            + exponentBits
                            + "m"
                            + mantissaBits
                            + " values from 2^"
                            + minExponent
                            + " to above 2^"
                            + maxExponent
                            + "; legal is from 2^-149 to below 2^128, as binary32.");
        }
    }

    /**
     * Returns a signed format with the bias, infinities and NaNs of IEEE 754.
     *
     * @param exponentBits the width of the exponent field, 2 to 8
     * @param mantissaBits the width of the mantissa field, 1 to 23
     * @return the format
     */
    public static FloatFormat ieee(int exponentBits, int mantissaBits) {
        return signed(exponentBits, mantissaBits, (1 << (exponentBits - 1)) - 1, Specials.IEEE);
    }

    /**
     * Returns a signed format.
     *
     * @param exponentBits the width of the exponent field, 1 to 8
     * @param mantissaBits the width of the mantissa field, 0 to 23
     * @param bias what is subtracted from the exponent field
     * @param specials which codes are no finite number
     * @return the format
     */
    public static FloatFormat signed(
            int exponentBits, int mantissaBits, int bias, Specials specials) {
        return new FloatFormat(exponentBits, mantissaBits, bias, specials, true);
    }

    /**
     * Parses a name, in either case.
     *
     * <p>Read are {@code float16}, {@code fp16}, {@code half}, {@code bfloat16}, {@code bf16},
     * {@code tf32}, {@code float32}, {@code fp32}, and shapes: an optional {@code float} or {@code
     * fp} with the number of bits, {@code u} where unsigned, {@code eXmY}, {@code b} and a bias
     * that is not the usual one, and a suffix for the special codes:
     *
     * <ul>
     *   <li>{@code ieee}: {@link Specials#IEEE};
     *   <li>{@code nan}: {@link Specials#NAN_ONLY};
     *   <li>{@code finite}: {@link Specials#FINITE_ONLY};
     *   <li>{@code fn}: {@code nan} in formats of 8 bits or more (the sign counted even where there
     *       is none), {@code finite} in smaller ones; {@code fnu} is the same, unsigned;
     *   <li>{@code fnuz}: {@link Specials#NAN_AS_NEGATIVE_ZERO};
     *   <li>none: the OCP format where there is one of that shape, so that {@code e4m3} is {@code
     *       e4m3fn} and {@code e8m0} is {@code e8m0fnu}; {@code fn} where there is no mantissa;
     *       else {@code ieee}. Note that ml_dtypes calls {@code float8_e4m3} what is {@code
     *       e4m3ieee} here.
     * </ul>
     *
     * @param name the name, such as {@code fp8-e4m3}, {@code float8_e5m2fnuz} or {@code e3m2}
     * @return the format
     * @throws IllegalArgumentException if the name is not of that form, says another number of bits
     *     than its shape has, or describes no legal format
     */
    public static FloatFormat parse(String name) {
        return FloatFormatNames.parse(name);
    }

    @Override
    public int bits() {
        return magnitudeBits() + (signed ? 1 : 0);
    }

    /**
     * Returns the name of the format, which {@link #parse(String)} reads back.
     *
     * @return the name, such as {@code float8_e4m3fn}
     */
    @Override
    public String formatName() {
        return FloatFormatNames.nameOf(this);
    }

    @Override
    public long valueCount() {
        long positive = maxCode() + 1L;
        return signed ? 2 * positive - 1 : positive;
    }

    @Override
    public double maxValue() {
        return FloatCodec.decode(this, maxCode());
    }

    @Override
    public double minValue() {
        return signed ? -maxValue() : FloatCodec.decode(this, 0);
    }

    @Override
    public double smallestPositive() {
        return FloatCodec.decode(this, hasZero() ? 1 : 0);
    }

    /**
     * Returns the smallest value whose significand has its leading bit, {@code finfo.tiny} of the
     * array libraries.
     *
     * @return the smallest normal value
     */
    public double smallestNormal() {
        return Math.scalb(1.0, minExponent());
    }

    /**
     * Returns the distance from 1 to the next larger value of an unbounded exponent range.
     *
     * @return \( 2^{-m} \)
     */
    public double epsilon() {
        return Math.scalb(1.0, -mantissaBits);
    }

    /**
     * Returns whether there is a code for zero.
     *
     * @return false where the format has neither sign nor mantissa
     */
    public boolean hasZero() {
        return signed || mantissaBits > 0;
    }

    @Override
    public boolean hasNegativeZero() {
        return signed && specials != Specials.NAN_AS_NEGATIVE_ZERO;
    }

    @Override
    public boolean hasInfinity() {
        return specials == Specials.IEEE;
    }

    @Override
    public boolean hasNaN() {
        return specials != Specials.FINITE_ONLY;
    }

    /**
     * Returns the exponent of the smallest normal value.
     *
     * @return its base-2 logarithm
     */
    public int minExponent() {
        return hasZero() ? 1 - bias : -bias;
    }

    /**
     * Returns the exponent of the largest finite value, {@code emax} of the OCP specification.
     *
     * @return the floor of its base-2 logarithm
     */
    public int maxExponent() {
        return exponentOf(maxCode(), mantissaBits, bias, !hasZero());
    }

    /**
     * Returns the code of the largest finite value.
     *
     * @return the code, without sign bit
     */
    public int maxCode() {
        return largestCode(exponentBits, mantissaBits, specials);
    }

    @Override
    public String toString() {
        return formatName();
    }

    int magnitudeBits() {
        return exponentBits + mantissaBits;
    }

    /** The bit of the sign within a code, or no bit where the format is unsigned. */
    int signMask() {
        return signed ? 1 << magnitudeBits() : 0;
    }

    private static int largestCode(int exponentBits, int mantissaBits, Specials specials) {
        int all = (1 << (exponentBits + mantissaBits)) - 1;
        return switch (specials) {
            case IEEE -> all - (1 << mantissaBits);
            case NAN_ONLY -> all - 1;
            case FINITE_ONLY, NAN_AS_NEGATIVE_ZERO -> all;
        };
    }

    private static int exponentOf(int code, int mantissaBits, int bias, boolean powersOnly) {
        int field = code >> mantissaBits;
        if (field > 0 || powersOnly) {
            return field - bias;
        }
        return 1 - bias - mantissaBits + 31 - Integer.numberOfLeadingZeros(code);
    }

    private static void requireWithin(String what, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(
                    "A float format has "
                            + from
                            + " to "
                            + to
                            + " "
                            + what
                            + ", not "
                            + value
                            + ".");
        }
    }
}
