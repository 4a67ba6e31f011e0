package io.github.djlqat.format;

/**
 * An integer number format of 2 to 8 bits, or of 16.
 *
 * <p>The codes are \( q_{min} \le q \le q_{max} \): \( [0, 2^b - 1] \) where unsigned, \(
 * [-2^{b-1}, 2^{b-1} - 1] \) where signed, and \( [-(2^{b-1} - 1), 2^{b-1} - 1] \) where signed and
 * narrow.
 *
 * @param bits the number of bits of a code, 2 to 8 or 16
 * @param signed whether codes are two's complement
 * @param narrowRange whether the most negative code is left unused, so that the range is symmetric
 *     about zero
 */
public record IntegerFormat(int bits, boolean signed, boolean narrowRange) implements NumberFormat {

    /** The 8-bit signed format over its full range. */
    public static final IntegerFormat INT8 = new IntegerFormat(8, true, false);

    /** The 8-bit unsigned format. */
    public static final IntegerFormat UINT8 = new IntegerFormat(8, false, false);

    /** The 4-bit signed format over its full range. */
    public static final IntegerFormat INT4 = new IntegerFormat(4, true, false);

    /** The 4-bit unsigned format. */
    public static final IntegerFormat UINT4 = new IntegerFormat(4, false, false);

    /** The 16-bit signed format over its full range. */
    public static final IntegerFormat INT16 = new IntegerFormat(16, true, false);

    /** The 16-bit unsigned format. */
    public static final IntegerFormat UINT16 = new IntegerFormat(16, false, false);

    /**
     * Creates a format.
     *
     * @param bits the number of bits of a code, 2 to 8 or 16
     * @param signed whether codes are two's complement
     * @param narrowRange whether the most negative code is left unused, so that the range is
     *     symmetric about zero
     * @throws IllegalArgumentException if bits is another number, or if an unsigned format is
     *     narrow
     */
    public IntegerFormat {
        if (bits < 2 || bits > Byte.SIZE && bits != Short.SIZE) {
            throw new IllegalArgumentException(
                    "An integer format has 2 to 8 bits or 16, not " + bits + ".");
        }
        if (narrowRange && !signed) {
            throw new IllegalArgumentException(
                    "A narrow range leaves out the most negative code, which uint"
                            + bits
                            + " does not have.");
        }
    }

    /**
     * Returns the smallest code.
     *
     * @return the smallest code
     */
    public int qmin() {
        if (!signed) {
            return 0;
        }
        return narrowRange ? 1 - (1 << (bits - 1)) : -(1 << (bits - 1));
    }

    /**
     * Returns the largest code.
     *
     * @return the largest code
     */
    public int qmax() {
        return signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    }

    /**
     * Returns whether a code takes no more than a byte.
     *
     * @return false for 16 bits
     */
    public boolean fitsByte() {
        return bits <= Byte.SIZE;
    }

    /**
     * Returns this format with the narrow range chosen.
     *
     * @param narrow whether the most negative code is left unused
     * @return the format
     */
    public IntegerFormat withNarrowRange(boolean narrow) {
        return new IntegerFormat(bits, signed, narrow);
    }

    /**
     * Parses a name such as {@code int8} or {@code uint4}, over the full range.
     *
     * @param name {@code int} or {@code uint} followed by the number of bits
     * @return the format
     * @throws IllegalArgumentException if the name is not of that form
     */
    public static IntegerFormat parse(String name) {
        boolean signed = name.startsWith("int");
        if (name.matches("u?int([2-8]|16)")) {
            int bits = Integer.parseInt(name.substring(name.indexOf('t') + 1));
            return new IntegerFormat(bits, signed, false);
        }
        throw new IllegalArgumentException(
                "\""
                        + name
                        + "\" is not an integer format; legal are int2 to int8, int16, uint2 to uint8 and uint16.");
    }

    /**
     * Returns the name of the format without its range, such as {@code int8}.
     *
     * @return the name that {@link #parse(String)} reads
     */
    @Override
    public String formatName() {
        return (signed ? "int" : "uint") + bits;
    }

    @Override
    public long valueCount() {
        return qmax() - qmin() + 1L;
    }

    @Override
    public double maxValue() {
        return qmax();
    }

    @Override
    public double minValue() {
        return qmin();
    }

    @Override
    public double smallestPositive() {
        return 1;
    }

    @Override
    public String toString() {
        return formatName() + (narrowRange ? " (narrow)" : "");
    }
}
