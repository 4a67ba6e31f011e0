package io.github.djlqat.samples.imageclassification;

import java.util.List;
import java.util.Locale;

/**
 * What the seeds of one variant have in common.
 *
 * @param name the variant
 * @param accuracies the share of test images classified rightly for each seed, 0 to 1
 */
record SeedSummary(String name, List<Double> accuracies) {

    /**
     * Creates a summary.
     *
     * @throws IllegalArgumentException if there are fewer than two seeds, which have no spread
     */
    SeedSummary {
        accuracies = List.copyOf(accuracies);
        if (accuracies.size() < 2) {
            throw new IllegalArgumentException(
                    name + " has " + accuracies.size() + " seeds; at least 2 have a spread.");
        }
    }

    double mean() {
        return accuracies.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Returns the sample standard deviation, \( \sqrt{\sum (a - \bar a)^2 / (n - 1)} \). */
    double standardDeviation() {
        double mean = mean();
        double squares = accuracies.stream().mapToDouble(a -> (a - mean) * (a - mean)).sum();
        return Math.sqrt(squares / (accuracies.size() - 1));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: mean of %d seeds %.2f %%, standard deviation %.2f, from %.2f to %.2f",
                name,
                accuracies.size(),
                100 * mean(),
                100 * standardDeviation(),
                100 * accuracies.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                100 * accuracies.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
}
