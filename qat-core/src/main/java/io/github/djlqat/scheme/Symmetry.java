package io.github.djlqat.scheme;

/** Whether the real value zero sits at the middle code or wherever the observed range puts it. */
public enum Symmetry {
    /**
     * The range is \( [-A, A] \) and the zero point is the middle of a signed format's codes, or 0
     * if unsigned.
     */
    SYMMETRIC,
    /**
     * The range is \( [min, max] \), stretched to hold zero, and the zero point is chosen so that
     * zero is exact.
     */
    AFFINE
}
