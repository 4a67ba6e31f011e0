package io.github.djlqat.convention;

import java.util.Objects;

/**
 * How values become codes, and codes values, once scale and zero point are known.
 *
 * @param rounding how a number of steps becomes an integer
 * @param seed the seed of stochastic rounding; other roundings do not look at it
 * @param division how a value is divided by its scale
 * @param zeroPoint where the zero point enters
 * @param nonFinite what becomes of values that are not finite
 * @param storedScale the precision of the scale that codes are multiplied by
 */
public record CodeArithmetic(
        CodeRounding rounding,
        long seed,
        ScaleDivision division,
        ZeroPointUse zeroPoint,
        NonFinite nonFinite,
        StoredScale storedScale) {

    /**
     * Checks that every part is there.
     *
     * @param rounding how a number of steps becomes an integer
     * @param seed the seed of stochastic rounding; other roundings do not look at it
     * @param division how a value is divided by its scale
     * @param zeroPoint where the zero point enters
     * @param nonFinite what becomes of values that are not finite
     * @param storedScale the precision of the scale that codes are multiplied by
     */
    public CodeArithmetic {
        Objects.requireNonNull(rounding, "rounding");
        Objects.requireNonNull(division, "division");
        Objects.requireNonNull(zeroPoint, "zeroPoint");
        Objects.requireNonNull(nonFinite, "nonFinite");
        Objects.requireNonNull(storedScale, "storedScale");
    }

    /**
     * Creates an arithmetic without randomness, whose scales are stored in single precision.
     *
     * @param rounding how a number of steps becomes an integer
     * @param division how a value is divided by its scale
     * @param zeroPoint where the zero point enters
     * @param nonFinite what becomes of values that are not finite
     */
    public CodeArithmetic(
            CodeRounding rounding,
            ScaleDivision division,
            ZeroPointUse zeroPoint,
            NonFinite nonFinite) {
        this(rounding, 0, division, zeroPoint, nonFinite, StoredScale.SINGLE);
    }

    /**
     * Returns this arithmetic with another rounding.
     *
     * @param other the rounding
     * @return the arithmetic
     */
    public CodeArithmetic withRounding(CodeRounding other) {
        return new CodeArithmetic(other, seed, division, zeroPoint, nonFinite, storedScale);
    }

    /**
     * Returns this arithmetic with stochastic rounding. An element's random number depends on the
     * seed and on the element's place alone.
     *
     * @param newSeed the seed
     * @return the arithmetic
     */
    public CodeArithmetic stochastic(long newSeed) {
        return new CodeArithmetic(
                CodeRounding.STOCHASTIC, newSeed, division, zeroPoint, nonFinite, storedScale);
    }

    /**
     * Returns this arithmetic with another policy for values that are not finite.
     *
     * @param other the policy
     * @return the arithmetic
     */
    public CodeArithmetic withNonFinite(NonFinite other) {
        return new CodeArithmetic(rounding, seed, division, zeroPoint, other, storedScale);
    }

    /**
     * Returns this arithmetic with another precision of stored scales.
     *
     * @param other the precision
     * @return the arithmetic
     */
    public CodeArithmetic withStoredScale(StoredScale other) {
        return new CodeArithmetic(rounding, seed, division, zeroPoint, nonFinite, other);
    }
}
