package io.github.djlqat.format;

/** What becomes of a number that rounds to a magnitude beyond the largest of a format. */
public enum Overflow {
    /** It becomes the largest finite number of its sign, an infinity too. */
    SATURATE,

    /**
     * It becomes an infinity, or NaN where the format has none, or saturates where it has neither.
     */
    NON_FINITE
}
