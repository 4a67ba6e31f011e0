package io.github.djlqat.samples.mixedprecision;

import java.util.List;

/**
 * What became of one training run.
 *
 * @param network the network
 * @param mode what it was trained in
 * @param seed the seed of parameters and of the order of images
 * @param accuracy the share of test images that are classified rightly
 * @param losses the loss of each training batch, in order
 * @param millisecondsPerStep the median time of a step, of forward, backward and update
 * @param skippedSteps the steps that were skipped for their gradients overflowed
 * @param optimizerBytes the memory of the optimizer's state
 */
record Outcome(
        String network,
        String mode,
        int seed,
        double accuracy,
        List<Double> losses,
        double millisecondsPerStep,
        long skippedSteps,
        long optimizerBytes) {

    /** Copies the losses. */
    Outcome {
        losses = List.copyOf(losses);
    }

    /**
     * Returns the largest difference of this run's smoothed losses to those of another of as many
     * steps, relative to the other's.
     */
    double largestLossDifference(Outcome other) {
        double[] own = smoothed(losses);
        double[] others = smoothed(other.losses);
        double largest = 0;
        for (int i = 0; i < own.length; i++) {
            largest = Math.max(largest, Math.abs(own[i] - others[i]) / others[i]);
        }
        return largest;
    }

    /** Means of twentieths of the run. */
    private static double[] smoothed(List<Double> losses) {
        int parts = 20;
        double[] means = new double[parts];
        for (int part = 0; part < parts; part++) {
            int from = losses.size() * part / parts;
            int to = Math.max(from + 1, losses.size() * (part + 1) / parts);
            means[part] =
                    losses.subList(from, Math.min(to, losses.size())).stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElse(Double.NaN);
        }
        return means;
    }
}
