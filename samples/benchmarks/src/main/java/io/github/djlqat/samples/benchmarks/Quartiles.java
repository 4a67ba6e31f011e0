package io.github.djlqat.samples.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * The middle of a sample and how far it spreads.
 *
 * @param lower the first quartile
 * @param median the second quartile
 * @param upper the third quartile
 */
public record Quartiles(double lower, double median, double upper) {

    /**
     * Computes the quartiles of a sample, interpolating linearly between its ordered values.
     *
     * @param sample at least one finite value
     * @return the quartiles
     * @throws IllegalArgumentException if the sample is empty, or a value is not finite
     */
    public static Quartiles of(double... sample) {
        if (sample.length == 0) {
            throw new IllegalArgumentException("Quartiles are of at least one value.");
        }
        double[] ordered = sample.clone();
        for (double value : ordered) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "Quartiles are of finite values, not of " + value + ".");
            }
        }
        Arrays.sort(ordered);
        return new Quartiles(
                quantile(ordered, 0.25), quantile(ordered, 0.5), quantile(ordered, 0.75));
    }

    /**
     * Computes the quartiles of the ratios of paired measurements: the i-th value over the i-th
     * value of the base.
     *
     * @param values the values, each taken beside the base's value at its place
     * @param base the values to compare with, each above 0
     * @return the quartiles of the ratios
     * @throws IllegalArgumentException if there is no pair, the lengths differ, or a base is not
     *     above 0
     */
    public static Quartiles ofRatios(double[] values, double[] base) {
        if (values.length != base.length) {
            throw new IllegalArgumentException(
                    "Measurements are paired, not " + values.length + " with " + base.length + ".");
        }
        double[] ratios = new double[values.length];
        for (int i = 0; i < ratios.length; i++) {
            if (!(base[i] > 0)) {
                throw new IllegalArgumentException(
                        "A measurement is compared with one above 0, not with " + base[i] + ".");
            }
            ratios[i] = values[i] / base[i];
        }
        return of(ratios);
    }

    private static double quantile(double[] ordered, double share) {
        double place = share * (ordered.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, ordered.length - 1);
        return ordered[below] + (place - below) * (ordered[above] - ordered[below]);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%8.3f  (%.3f to %.3f)", median, lower, upper);
    }
}
