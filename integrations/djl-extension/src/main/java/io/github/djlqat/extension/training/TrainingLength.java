package io.github.djlqat.extension.training;

import ai.djl.training.tracker.Tracker;
import ai.djl.training.tracker.WarmUpTracker;
import io.github.djlqat.recipe.TrainingOptions;

/**
 * How long a training is, and what follows from it: a falling learning rate, and the step from
 * which on BatchNorms and observers are frozen.
 *
 * @param epochs the number of passes over the training data, at least 1
 * @param batchesPerEpoch the number of batches of a pass, at least 1
 */
public record TrainingLength(int epochs, int batchesPerEpoch) {

    /**
     * Creates a length.
     *
     * @param epochs the number of passes over the training data, at least 1
     * @param batchesPerEpoch the number of batches of a pass, at least 1
     * @throws IllegalArgumentException if a number is less than 1, or there are more batches in all
     *     than an int holds
     */
    public TrainingLength {
        if (epochs < 1 || batchesPerEpoch < 1) {
            throw new IllegalArgumentException(
                    "A training has at least one epoch and one batch in it, not "
                            + epochs
                            + " and "
                            + batchesPerEpoch
                            + ".");
        }
        if ((long) epochs * batchesPerEpoch > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    epochs
                            + " epochs of "
                            + batchesPerEpoch
                            + " batches are more steps than "
                            + Integer.MAX_VALUE
                            + ".");
        }
    }

    /**
     * Returns the number of batches in all.
     *
     * @return the number of training steps
     */
    public int steps() {
        return epochs * batchesPerEpoch;
    }

    /**
     * Returns a learning rate that falls along half a cosine, from the first step to the last:
     * Loshchilov and Hutter, <a href="https://arxiv.org/abs/1608.03983">SGDR</a>.
     *
     * @param first the first rate, above 0
     * @param last the last rate, at least 0 and less than the first one
     * @return the rate at each step
     * @throws IllegalArgumentException if a rate is out of range
     */
    public Tracker cosine(float first, float last) {
        return cosine(first, last, steps());
    }

    /**
     * Returns a learning rate that rises linearly from 0, and then falls as {@link #cosine(float,
     * float)}.
     *
     * @param first the greatest rate, above 0
     * @param last the last rate, at least 0 and less than the greatest one
     * @param warmUpSteps the number of steps of rising, at least 0 and less than all
     * @return the rate at each step
     * @throws IllegalArgumentException if a rate or the number is out of range
     */
    public Tracker cosineAfterWarmUp(float first, float last, int warmUpSteps) {
        if (warmUpSteps < 0 || warmUpSteps >= steps()) {
            throw new IllegalArgumentException(
                    "The number of warm-up steps is at least 0 and less than "
                            + steps()
                            + ", not "
                            + warmUpSteps
                            + ".");
        }
        Tracker falling = cosine(first, last, steps() - warmUpSteps);
        return warmUpSteps == 0
                ? falling
                : WarmUpTracker.builder()
                        .setMainTracker(falling)
                        .optWarmUpSteps(warmUpSteps)
                        .build();
    }

    private static Tracker cosine(float first, float last, int steps) {
        if (!(first > 0 && Float.isFinite(first) && last >= 0 && last < first)) {
            throw new IllegalArgumentException(
                    "The learning rate falls from a finite one above 0 to one that is less and at"
                            + " least 0, not from "
                            + first
                            + " to "
                            + last
                            + ".");
        }
        return Tracker.cosine()
                .setBaseValue(first)
                .optFinalValue(last)
                .setMaxUpdates(steps)
                .build();
    }

    /**
     * Returns a recipe's options with BatchNorms and observers frozen for the last part of the
     * training.
     *
     * @param options the recipe's options
     * @param share the share of the steps before it, from 0 to 1
     * @return the options
     * @throws IllegalArgumentException if the share is out of range
     */
    public TrainingOptions freezing(TrainingOptions options, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "Freezing begins after a share of the steps from 0 to 1, not " + share + ".");
        }
        long step = (long) (share * steps());
        return new TrainingOptions(
                options.foldBatchNorm(),
                step,
                step,
                options.quantizeAfter(),
                options.quantizeGraduallyOver(),
                options.quantizedShare(),
                options.seed());
    }
}
