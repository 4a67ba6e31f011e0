package io.github.djlqat.format;

/** Which of two equally near values of a codebook a number becomes. */
public enum TieBreak {
    /** The smaller one. */
    LOWER_VALUE,

    /** The larger one. */
    UPPER_VALUE
}
