package io.github.djlqat.format;

/**
 * An elementary number format: the real values that a code of a few bits can stand for.
 *
 * <p>Every method describes the values before any scale is applied.
 */
public sealed interface NumberFormat permits IntegerFormat, FloatFormat, CodebookFormat {

    /**
     * Returns the number of bits that one code takes.
     *
     * @return the number of bits
     */
    int bits();

    /**
     * Returns the name of the format, such as {@code int8}, {@code float8_e4m3fn} or {@code nf4}.
     *
     * @return the name
     */
    String formatName();

    /**
     * Returns how many different finite values the format holds; the two zeros of a format with
     * negative zero are one value.
     *
     * @return the number of finite values
     */
    long valueCount();

    /**
     * Returns the largest finite value.
     *
     * @return the largest finite value
     */
    double maxValue();

    /**
     * Returns the smallest finite value, which is negative where the format has a sign.
     *
     * @return the smallest finite value
     */
    double minValue();

    /**
     * Returns the smallest value above zero.
     *
     * @return the smallest positive value
     */
    double smallestPositive();

    /**
     * Returns whether zero has a second code with the sign set.
     *
     * @return whether there is a negative zero
     */
    default boolean hasNegativeZero() {
        return false;
    }

    /**
     * Returns whether the format holds infinities.
     *
     * @return whether there is an infinity
     */
    default boolean hasInfinity() {
        return false;
    }

    /**
     * Returns whether a code stands for NaN.
     *
     * @return whether there is a NaN
     */
    default boolean hasNaN() {
        return false;
    }
}
