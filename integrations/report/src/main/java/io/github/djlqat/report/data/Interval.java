package io.github.djlqat.report.data;

/**
 * A confidence interval.
 *
 * @param low the lower end, finite
 * @param high the upper end, finite and not below the lower one
 */
public record Interval(double low, double high) {

    /**
     * Checks the ends.
     *
     * @param low the lower end, finite
     * @param high the upper end, finite and not below the lower one
     * @throws IllegalArgumentException if one is not finite, or the upper is below the lower
     */
    public Interval {
        Checks.finite("lower end of an interval", low);
        Checks.finite("upper end of an interval", high);
        if (high < low) {
            throw new IllegalArgumentException(
                    "The interval ends at " + high + ", before it begins at " + low + ".");
        }
    }
}
