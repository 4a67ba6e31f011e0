package io.github.djlqat.safetensors;

/**
 * Widening of the 8-bit floats of the Open Compute Project.
 *
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-8-bit-floating-point-specification-ofp8-revision-1-0-2023-12-01-pdf-1">OCP
 *     8-bit Floating Point Specification (OFP8)</a>
 */
final class Float8 {

    private Float8() {}

    /**
     * Widens an e4m3 number exactly: bias 7, no infinities, NaN is all ones.
     *
     * @param bits the bits of the number
     * @return the same number
     */
    static float e4m3ToFloat(byte bits) {
        int exponent = (bits >>> 3) & 0xf;
        int mantissa = bits & 0x7;
        float magnitude;
        if (exponent == 0xf && mantissa == 0x7) {
            magnitude = Float.NaN;
        } else if (exponent == 0) {
            magnitude = mantissa * 0x1p-9f;
        } else {
            magnitude = Math.scalb((float) (8 + mantissa), exponent - 10);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /**
     * Widens an e5m2 number exactly: it is the upper half of a binary16 number.
     *
     * @param bits the bits of the number
     * @return the same number
     */
    static float e5m2ToFloat(byte bits) {
        return Float16.toFloat((short) (bits << 8));
    }
}
