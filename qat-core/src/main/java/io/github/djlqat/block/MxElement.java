package io.github.djlqat.block;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import org.jspecify.annotations.Nullable;

/** The element formats of the OCP Microscaling Formats specification 1.0, table 1. */
public enum MxElement {
    /** 4-bit float. */
    E2M1("mxfp4", FloatFormat.FLOAT4_E2M1FN),

    /** 6-bit float with more precision. */
    E2M3("mxfp6-e2m3", FloatFormat.FLOAT6_E2M3FN),

    /** 6-bit float with more range. */
    E3M2("mxfp6-e3m2", FloatFormat.FLOAT6_E3M2FN),

    /** 8-bit float with more precision. */
    E4M3("mxfp8-e4m3", FloatFormat.FLOAT8_E4M3FN),

    /** 8-bit float with more range. */
    E5M2("mxfp8-e5m2", FloatFormat.FLOAT8_E5M2),

    /**
     * 8-bit two's complement in units of \( 2^{-6} \). Code -128 decodes to -2, and is never
     * written, so that the range is symmetric.
     */
    INT8("mxint8", null);

    private static final int INT8_FRACTION_BITS = 6;

    private final String formatName;
    private final @Nullable FloatFormat format;

    MxElement(String formatName, @Nullable FloatFormat format) {
        this.formatName = formatName;
        this.format = format;
    }

    /**
     * Returns the name of the block format, such as {@code mxfp4}.
     *
     * @return the name
     */
    public String formatName() {
        return formatName;
    }

    /**
     * Returns the number of bits of an element.
     *
     * @return the number of bits
     */
    public int bits() {
        return format == null ? 8 : format.bits();
    }

    /**
     * Returns the largest value.
     *
     * @return the largest value
     */
    public float maxValue() {
        return format == null ? 127 / 64f : (float) format.maxValue();
    }

    /** The floating-point format, or null for integers. */
    @Nullable FloatFormat format() {
        return format;
    }

    int maxExponent() {
        return Math.getExponent(maxValue());
    }

    int mantissaBits() {
        return format == null ? INT8_FRACTION_BITS : format.mantissaBits();
    }

    /** Rounds half to even and saturates. */
    int encode(float value) {
        if (format != null) {
            return FloatCodec.encode(format, value, Rounding.HALF_EVEN, Overflow.SATURATE);
        }
        double steps = Math.rint(Math.scalb((double) value, INT8_FRACTION_BITS));
        return (int) Math.max(-127, Math.min(127, steps)) & 0xff;
    }

    float decode(int code) {
        return format == null
                ? Math.scalb((float) (byte) code, -INT8_FRACTION_BITS)
                : FloatCodec.decode(format, code);
    }
}
