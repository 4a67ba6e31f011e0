package io.github.djlqat.safetensors;

/**
 * Conversions of IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 mantissa bits.
 *
 * <p>A normal number is \( (-1)^s \, 2^{e-15} \, (1 + m / 1024) \), a subnormal one (e = 0) \(
 * (-1)^s \, 2^{-14} \, m / 1024 \).
 */
final class Float16 {

    private Float16() {}

    /**
     * Widens a number exactly; the payload of a NaN is kept.
     *
     * @param half the bits of a binary16 number
     * @return the same number
     */
    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            // Exact: at most 10 significant bits, far above binary32's least exponent.
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
    }

    /**
     * Rounds a number to the nearest binary16 number, ties to even; 65520 and more become infinity.
     *
     * @param value a number
     * @return the bits of the nearest binary16 number
     */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
        }
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // Subnormal: a whole number of 2^-24. One that rounds up to 1024 of them carries into
            // the exponent, as it should.
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - ((127 - 15) << 23)) >>> 13));
    }
}
