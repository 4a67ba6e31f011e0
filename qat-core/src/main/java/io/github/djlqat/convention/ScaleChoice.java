package io.github.djlqat.convention;

import io.github.djlqat.format.IntegerFormat;
import java.util.Objects;

/**
 * How scale and zero point follow from a range of real values.
 *
 * @param symmetric the scale of a symmetric range
 * @param symmetricZero the zero point of a symmetric unsigned format
 * @param affine the scale and zero point of an affine range
 * @param minimum how small a scale may be
 */
public record ScaleChoice(
        SymmetricRule symmetric,
        SymmetricZero symmetricZero,
        AffineRule affine,
        MinimumScale minimum) {

    /**
     * Checks that every part is there.
     *
     * @param symmetric the scale of a symmetric range
     * @param symmetricZero the zero point of a symmetric unsigned format
     * @param affine the scale and zero point of an affine range
     * @param minimum how small a scale may be
     */
    public ScaleChoice {
        Objects.requireNonNull(symmetric, "symmetric");
        Objects.requireNonNull(symmetricZero, "symmetricZero");
        Objects.requireNonNull(affine, "affine");
        Objects.requireNonNull(minimum, "minimum");
    }

    /**
     * Returns this choice with another rule for symmetric ranges.
     *
     * @param other the rule
     * @return the choice
     */
    public ScaleChoice withSymmetric(SymmetricRule other) {
        return new ScaleChoice(other, symmetricZero, affine, minimum);
    }

    /**
     * Returns this choice with another zero point for symmetric unsigned formats.
     *
     * @param other the zero point
     * @return the choice
     */
    public ScaleChoice withSymmetricZero(SymmetricZero other) {
        return new ScaleChoice(symmetric, other, affine, minimum);
    }

    /**
     * Returns this choice with another rule for affine ranges.
     *
     * @param other the rule
     * @return the choice
     */
    public ScaleChoice withAffine(AffineRule other) {
        return new ScaleChoice(symmetric, symmetricZero, other, minimum);
    }

    /**
     * Returns this choice with other limits of small scales.
     *
     * @param other how small a scale may be
     * @return the choice
     */
    public ScaleChoice withMinimum(MinimumScale other) {
        return new ScaleChoice(symmetric, symmetricZero, affine, other);
    }

    /**
     * Chooses scale and zero point of a symmetric range.
     *
     * @param format the format
     * @param min the smallest value, finite
     * @param max the largest value, finite and at least min
     * @return the scale and the zero point
     * @throws IllegalArgumentException if the range is not finite or is reversed
     */
    public ScaleAndZeroPoint symmetric(IntegerFormat format, float min, float max) {
        requireRange(min, max);
        float low = Math.min(min, 0f);
        float high = Math.max(max, 0f);
        if (!format.signed() && symmetricZero == SymmetricZero.LOWEST_CODE) {
            float top = Math.max(high, minimum.range());
            return new ScaleAndZeroPoint(minimum.raise(top / format.qmax()), 0);
        }
        boolean small = Math.max(-low, high) < minimum.range();
        float chosen =
                small
                        ? symmetric.scale(-minimum.range(), minimum.range(), format)
                        : symmetric.scale(low, high, format);
        boolean zero =
                minimum.replaces(chosen) && minimum.zeroRange() == ZeroRange.ONE_WITH_ZERO_POINT_0;
        return new ScaleAndZeroPoint(minimum.raise(chosen), zero ? 0 : symmetricZero.of(format));
    }

    /**
     * Chooses scale and zero point of an affine range.
     *
     * @param format the format
     * @param min the smallest value, finite
     * @param max the largest value, finite and at least min
     * @return the scale and the zero point, a code of the format
     * @throws IllegalArgumentException if the range is not finite or is reversed, or the convention
     *     is symmetric only
     */
    public ScaleAndZeroPoint affine(IntegerFormat format, float min, float max) {
        requireRange(min, max);
        ScaleAndZeroPoint chosen = affine.choose(min, max, format, minimum);
        boolean zero =
                minimum.zeroRange() == ZeroRange.ONE_WITH_ZERO_POINT_0
                        && (Math.max(max, 0.0) - Math.min(min, 0.0))
                                        / (format.qmax() - format.qmin())
                                < Float.MIN_NORMAL;
        return zero ? new ScaleAndZeroPoint(chosen.scale(), 0) : chosen;
    }

    private static void requireRange(float min, float max) {
        if (!(min <= max) || Float.isInfinite(min) || Float.isInfinite(max)) {
            throw new IllegalArgumentException(
                    "The range is "
                            + min
                            + " to "
                            + max
                            + "; a range is finite and its minimum is not above its maximum.");
        }
    }
}
