package io.github.djlqat.scheme;

import io.github.djlqat.format.IntegerFormat;

/**
 * Codes of 2 to 8 bits as a dense little-endian bit stream.
 *
 * <p>Element \( i \) of a \( b \)-bit format takes the stream's bits \( ib \) to \( ib + b - 1 \),
 * lowest bit first, and bit \( k \) of the stream is bit \( k \bmod 8 \) of byte \( \lfloor k / 8
 * \rfloor \): for 2 and 4 bits, element 0 is in the low bits of byte 0, as ONNX lays its 4-bit
 * tensors out. Signed codes are two's complement in \( b \) bits. Bits after the last code are
 * zero.
 */
public final class BitPacking {

    private BitPacking() {}

    /**
     * Returns the number of bytes of packed codes.
     *
     * @param count the number of codes, at least 0
     * @param format the format of the codes
     * @return the number of bytes
     */
    public static int packedSize(int count, IntegerFormat format) {
        return (int) (((long) count * format.bits() + 7) / 8);
    }

    /**
     * Packs codes.
     *
     * @param codes the codes; those of an unsigned format are read as unsigned bytes
     * @param format the format of the codes
     * @return the packed bytes
     * @throws IllegalArgumentException if a code is outside the format
     */
    public static byte[] pack(byte[] codes, IntegerFormat format) {
        int bits = format.bits();
        byte[] packed = new byte[packedSize(codes.length, format)];
        int qmin = format.qmin();
        int qmax = format.qmax();
        int pending = 0;
        int pendingBits = 0;
        int next = 0;
        for (int i = 0; i < codes.length; i++) {
            int code = format.signed() ? codes[i] : codes[i] & 0xff;
            if (code < qmin || code > qmax) {
                throw new IllegalArgumentException(
                        "Code "
                                + i
                                + " is "
                                + code
                                + "; the codes of "
                                + format
                                + " are "
                                + qmin
                                + " to "
                                + qmax
                                + ".");
            }
            pending |= (code & ((1 << bits) - 1)) << pendingBits;
            pendingBits += bits;
            while (pendingBits >= 8) {
                packed[next++] = (byte) pending;
                pending >>>= 8;
                pendingBits -= 8;
            }
        }
        if (pendingBits > 0) {
            packed[next] = (byte) pending;
        }
        return packed;
    }

    /**
     * Unpacks codes.
     *
     * @param packed the packed bytes
     * @param count the number of codes
     * @param format the format of the codes
     * @return the codes; those of an unsigned format are unsigned bytes
     * @throws IllegalArgumentException if the number of bytes is not that of so many codes, or a
     *     code is outside the format
     */
    public static byte[] unpack(byte[] packed, int count, IntegerFormat format) {
        if (count < 0 || packed.length != packedSize(count, format)) {
            throw new IllegalArgumentException(
                    packed.length
                            + " bytes cannot hold "
                            + count
                            + " codes of "
                            + format
                            + (count < 0
                                    ? "."
                                    : ", which take " + packedSize(count, format) + "."));
        }
        int bits = format.bits();
        int unused = 32 - bits;
        byte[] codes = new byte[count];
        int pending = 0;
        int pendingBits = 0;
        int next = 0;
        for (int i = 0; i < count; i++) {
            while (pendingBits < bits) {
                pending |= (packed[next++] & 0xff) << pendingBits;
                pendingBits += 8;
            }
            int code = format.signed() ? pending << unused >> unused : pending << unused >>> unused;
            if (code < format.qmin()) {
                throw new IllegalArgumentException(
                        "Code "
                                + i
                                + " is "
                                + code
                                + "; the codes of "
                                + format
                                + " are "
                                + format.qmin()
                                + " to "
                                + format.qmax()
                                + ".");
            }
            codes[i] = (byte) code;
            pending >>>= bits;
            pendingBits -= bits;
        }
        return codes;
    }
}
