package io.github.djlqat.convention;

import java.util.Objects;

/**
 * How small a scale may be.
 *
 * @param range what a smaller \( A \) of a symmetric range, or a smaller \( max - min \) of AWQ's
 *     affine rule, is raised to; 0 for none
 * @param scale what a smaller scale is raised to; 0 for none
 * @param zeroRange what a scale below the smallest normal number becomes
 */
public record MinimumScale(float range, float scale, ZeroRange zeroRange) {

    /** torch's floor, single precision's machine epsilon \( 2^{-23} \). */
    public static final MinimumScale EPSILON = new MinimumScale(0, 0x1p-23f, ZeroRange.LEAST_SCALE);

    /**
     * Checks the numbers.
     *
     * @param range what a smaller \( A \) of a symmetric range, or a smaller \( max - min \) of
     *     AWQ's affine rule, is raised to; 0 for none
     * @param scale what a smaller scale is raised to; 0 for none
     * @param zeroRange what a scale below the smallest normal number becomes
     * @throws IllegalArgumentException if a number is negative or not finite
     */
    public MinimumScale {
        Objects.requireNonNull(zeroRange, "zeroRange");
        if (!(range >= 0 && range <= Float.MAX_VALUE && scale >= 0 && scale <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "A least range and a least scale are finite and at least 0, not "
                            + range
                            + " and "
                            + scale
                            + ".");
        }
    }

    boolean replaces(float chosen) {
        return Math.abs(chosen) < Float.MIN_NORMAL && zeroRange != ZeroRange.LEAST_SCALE;
    }

    /** Returns a scale that is not too small. */
    float raise(float chosen) {
        if (replaces(chosen)) {
            return 1;
        }
        float least = Math.max(scale, Float.MIN_NORMAL);
        return chosen < 0 ? Math.min(chosen, -least) : Math.max(chosen, least);
    }
}
