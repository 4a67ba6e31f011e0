package io.github.djlqat.scheme;

import io.github.djlqat.convention.AffineRule;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.convention.SymmetricZero;
import io.github.djlqat.format.IntegerFormat;
import java.util.Objects;

/**
 * How real values map to codes: a format, a symmetry, a granularity and a convention.
 *
 * @param format the number format of the codes
 * @param symmetry where zero sits
 * @param granularity which elements share a scale
 * @param convention how scales are chosen and codes computed
 */
public record QuantizationScheme(
        IntegerFormat format, Symmetry symmetry, Granularity granularity, Convention convention) {

    /**
     * Checks that the parts go together.
     *
     * @param format the number format of the codes
     * @param symmetry where zero sits
     * @param granularity which elements share a scale
     * @param convention how scales are chosen and codes computed
     * @throws IllegalArgumentException if the symmetry is affine and the convention symmetric only
     */
    public QuantizationScheme {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(granularity, "granularity");
        if (symmetry == Symmetry.AFFINE && convention.scales().affine() == AffineRule.NONE) {
            throw new IllegalArgumentException(
                    "The convention "
                            + convention
                            + " has no rule for affine ranges; legal is symmetric, or another convention.");
        }
    }

    /**
     * Creates a scheme of the default convention.
     *
     * @param format the number format of the codes
     * @param symmetry where zero sits
     * @param granularity which elements share a scale
     */
    public QuantizationScheme(IntegerFormat format, Symmetry symmetry, Granularity granularity) {
        this(format, symmetry, granularity, Conventions.DEFAULT);
    }

    /**
     * Returns this scheme with another granularity.
     *
     * @param other which elements share a scale
     * @return the scheme
     */
    public QuantizationScheme withGranularity(Granularity other) {
        return new QuantizationScheme(format, symmetry, other, convention);
    }

    /**
     * Returns this scheme with another convention.
     *
     * @param other how scales are chosen and codes computed
     * @return the scheme
     */
    public QuantizationScheme withConvention(Convention other) {
        return new QuantizationScheme(format, symmetry, granularity, other);
    }

    /**
     * Tells whether the codes stand for no negative value: a symmetric unsigned format whose zero
     * is the lowest code.
     *
     * @return whether negative values are clipped to zero
     */
    public boolean isOneSided() {
        return symmetry == Symmetry.SYMMETRIC
                && !format.signed()
                && convention.scales().symmetricZero() == SymmetricZero.LOWEST_CODE;
    }
}
