package io.github.djlqat.safetensors;

/**
 * Conversions of bfloat16, the upper 16 bits of an IEEE 754 binary32: 1 sign bit, 8 exponent bits,
 * 7 mantissa bits.
 */
final class BFloat16 {

    private BFloat16() {}

    /**
     * Widens a number exactly; the payload of a NaN is kept.
     *
     * @param bits the bits of a bfloat16 number
     * @return the same number
     */
    static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * Rounds a number to the nearest bfloat16 number, ties to even.
     *
     * @param value a number
     * @return the bits of the nearest bfloat16 number
     */
    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            // Set the quiet bit: a payload in the low bits alone would otherwise be cut away and
            // leave an infinity.
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
