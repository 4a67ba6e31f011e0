package io.github.djlqat.scheme;

import io.github.djlqat.format.IntegerFormat;

/**
 * Codes of 1 to 32 bits as a dense bit stream: element \( i \) of a \( b \)-bit format takes bits
 * \( ib \) to \( ib + b - 1 \), in the order that a {@link BitOrder} describes. Bits after the last
 * code are zero.
 *
 * <p>Integer formats are packed {@linkplain BitOrder#LOW_BITS_FIRST low bits first}, as ONNX lays
 * its 4-bit tensors out. Signed codes are two's complement in \( b \) bits.
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
        return packedSize(count, format.bits());
    }

    /**
     * Returns the number of bytes of packed codes.
     *
     * @param count the number of codes, at least 0
     * @param bits the number of bits of a code
     * @return the number of bytes
     * @throws ArithmeticException if they are more than an array holds
     */
    public static int packedSize(int count, int bits) {
        return Math.toIntExact(((long) count * bits + 7) / 8);
    }

    /**
     * Packs codes.
     *
     * @param codes the codes; those of an unsigned format are read as unsigned bytes
     * @param format the format of the codes
     * @return the packed bytes, low bits first
     * @throws IllegalArgumentException if a code is outside the format, or takes more than a byte
     */
    public static byte[] pack(byte[] codes, IntegerFormat format) {
        requireByte(format);
        byte[] packed = new byte[packedSize(codes.length, format)];
        BitWriter writer = new BitWriter(packed, format.bits(), BitOrder.LOW_BITS_FIRST);
        for (int i = 0; i < codes.length; i++) {
            int code = format.signed() ? codes[i] : codes[i] & 0xff;
            if (code < format.qmin() || code > format.qmax()) {
                throw outside(i, code, format);
            }
            writer.write(code);
        }
        writer.flush();
        return packed;
    }

    /**
     * Packs codes.
     *
     * @param codes the codes, of which the low bits are taken; those above must be zero
     * @param bits the number of bits of a code, 1 to 32
     * @param order the order of the bits
     * @return the packed bytes
     * @throws IllegalArgumentException if the number of bits is another one, or a code has more
     */
    public static byte[] pack(int[] codes, int bits, BitOrder order) {
        requireBits(bits);
        byte[] packed = new byte[packedSize(codes.length, bits)];
        BitWriter writer = new BitWriter(packed, bits, order);
        for (int i = 0; i < codes.length; i++) {
            if (bits < 32 && codes[i] >>> bits != 0) {
                throw new IllegalArgumentException(
                        "Code "
                                + i
                                + " is 0x"
                                + Integer.toHexString(codes[i])
                                + ", which has more than "
                                + bits
                                + " bits.");
            }
            writer.write(codes[i]);
        }
        writer.flush();
        return packed;
    }

    /**
     * Unpacks codes.
     *
     * @param packed the packed bytes, low bits first
     * @param count the number of codes
     * @param format the format of the codes
     * @return the codes; those of an unsigned format are unsigned bytes
     * @throws IllegalArgumentException if the number of bytes is not that of so many codes, or a
     *     code is outside the format or takes more than a byte
     */
    public static byte[] unpack(byte[] packed, int count, IntegerFormat format) {
        requireByte(format);
        requireSize(packed, count, format.bits(), format.toString());
        int unused = 32 - format.bits();
        BitReader reader = new BitReader(packed, format.bits(), BitOrder.LOW_BITS_FIRST);
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++) {
            int code = reader.read();
            code = format.signed() ? code << unused >> unused : code;
            if (code < format.qmin()) {
                throw outside(i, code, format);
            }
            codes[i] = (byte) code;
        }
        return codes;
    }

    /**
     * Unpacks codes.
     *
     * @param packed the packed bytes
     * @param count the number of codes
     * @param bits the number of bits of a code, 1 to 32
     * @param order the order of the bits
     * @return the codes in the low bits
     * @throws IllegalArgumentException if the number of bits is another one, or the number of bytes
     *     is not that of so many codes
     */
    public static int[] unpack(byte[] packed, int count, int bits, BitOrder order) {
        requireBits(bits);
        requireSize(packed, count, bits, bits + " bits");
        BitReader reader = new BitReader(packed, bits, order);
        int[] codes = new int[count];
        for (int i = 0; i < count; i++) {
            codes[i] = reader.read();
        }
        return codes;
    }

    static void requireByte(IntegerFormat format) {
        if (!format.fitsByte()) {
            throw new IllegalArgumentException(
                    "Codes of " + format + " do not fit bytes; legal are formats of up to 8 bits.");
        }
    }

    private static void requireBits(int bits) {
        if (bits < 1 || bits > 32) {
            throw new IllegalArgumentException("A code has 1 to 32 bits, not " + bits + ".");
        }
    }

    private static void requireSize(byte[] packed, int count, int bits, String format) {
        if (count < 0 || packed.length != packedSize(count, bits)) {
            throw new IllegalArgumentException(
                    packed.length
                            + " bytes cannot hold "
                            + count
                            + " codes of "
                            + format
                            + (count < 0 ? "." : ", which take " + packedSize(count, bits) + "."));
        }
    }

    private static IllegalArgumentException outside(int index, int code, IntegerFormat format) {
        return new IllegalArgumentException(
                "Code "
                        + index
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
}
