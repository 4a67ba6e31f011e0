package io.github.djlqat.report.data;

import org.jspecify.annotations.Nullable;

/**
 * How well a model does its task, by one measure.
 *
 * @param metric the name of the measure, such as {@code top-1 accuracy}
 * @param unit the unit that the value is printed with, such as {@code %}; empty for none
 * @param value the value in that unit, finite
 * @param higherIsBetter whether a larger value is a better one
 * @param confidence the 95 % confidence interval of the value, or null where it is not known
 */
public record Score(
        String metric,
        String unit,
        double value,
        boolean higherIsBetter,
        @Nullable Interval confidence) {

    /** The 97.5 % quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    /**
     * Checks the parts.
     *
     * @param metric the name of the measure, such as {@code top-1 accuracy}
     * @param unit the unit that the value is printed with, such as {@code %}; empty for none
     * @param value the value in that unit, finite
     * @param higherIsBetter whether a larger value is a better one
     * @param confidence the 95 % confidence interval of the value, or null where it is not known
     * @throws IllegalArgumentException if the name is blank or the value not finite
     */
    public Score {
        Checks.name("metric of a score", metric);
        if (unit == null || unit.length() > 20) {
            throw new IllegalArgumentException(
                    "The unit of the score " + metric + " is missing or over 20 characters.");
        }
        Checks.finite("value of the score " + metric, value);
    }

    /**
     * Returns the share of right answers in percent, with its 95 % confidence interval after Wilson
     * \( \frac{1}{1 + z^2/n} \left( \hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat
     * p)}{n} + \frac{z^2}{4n^2}} \right) \), \( z = 1.96 \).
     *
     * @param correct the number of right answers, from 0 to the total
     * @param total the number of samples, at least 1
     * @return the score
     * @throws IllegalArgumentException if a number is out of its range
     * @see <a href="https://doi.org/10.1080/01621459.1927.10502953">Wilson, Probable inference, the
     *     law of succession, and statistical inference</a>
     */
    public static Score accuracy(long correct, long total) {
        if (total < 1 || correct < 0 || correct > total) {
            throw new IllegalArgumentException(
                    correct
                            + " right answers of "
                            + total
                            + "; legal are 0 to the total, which is at least 1.");
        }
        double n = total;
        double p = correct / n;
        double z2 = Z * Z;
        double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        double half = Z * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
        // At the ends the bound is exact, and only its computation is not.
        double low = correct == 0 ? 0 : 100 * Math.max(centre - half, 0);
        double high = correct == total ? 100 : 100 * Math.min(centre + half, 1);
        return new Score("top-1 accuracy", "%", 100 * p, true, new Interval(low, high));
    }
}
