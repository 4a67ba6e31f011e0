package io.github.djlqat.format;

/**
 * The definition of the codebook formats: numbers to the code of the nearest value and back.
 *
 * <p>Numbers beyond the table take the code of its smallest or largest value, infinities too; NaN
 * takes that of the smallest.
 */
public final class CodebookCodec {

    private CodebookCodec() {}

    /**
     * Encodes a number.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @return the code, from 0
     */
    public static int encode(CodebookFormat format, float x) {
        return format.nearest(x);
    }

    /**
     * Decodes a code.
     *
     * @param format the format
     * @param code the place in the table
     * @return its value
     * @throws IllegalArgumentException if the table has no such place
     */
    public static float decode(CodebookFormat format, int code) {
        if (code < 0 || code >= format.size()) {
            throw new IllegalArgumentException(
                    code
                            + " is no code of "
                            + format
                            + "; legal are 0 to "
                            + (format.size() - 1)
                            + ".");
        }
        return format.value(code);
    }

    /**
     * Rounds a number to a value of the format.
     *
     * @param format the format
     * @param x any number, infinity or NaN
     * @return the nearest value
     */
    public static float round(CodebookFormat format, float x) {
        return format.value(format.nearest(x));
    }
}
