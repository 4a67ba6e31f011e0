package io.github.djlqat.format;

/** Which codes of a floating-point format are no finite number. */
public enum Specials {
    /** The largest exponent holds the infinities and the NaNs, as in IEEE 754. */
    IEEE,

    /** Only the code whose exponent and mantissa bits are all set is NaN; there is no infinity. */
    NAN_ONLY,

    /** Every code is a finite number. */
    FINITE_ONLY,

    /**
     * The code of negative zero is the only NaN; there are no infinity and no negative zero, and
     * the default bias is one larger ({@code fnuz}).
     */
    NAN_AS_NEGATIVE_ZERO
}
