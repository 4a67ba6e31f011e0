package io.github.djlqat.samples.imageclassification;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.extension.training.TrainingLength;
import io.github.djlqat.recipe.TrainingOptions;

/**
 * How a training goes: an optimizer, its learning rate falling along a cosine.
 *
 * @param method the optimizer
 * @param epochs the number of passes over the training images, at least 1
 * @param batchSize the number of images in a batch, at least 1
 * @param learningRate the first learning rate, above 0; the last is a hundredth of it
 * @param weightDecay the factor of the weights' squares in the loss, 0 or more
 * @param minutes the time after which no epoch may end, above 0; infinite for no limit
 */
record Schedule(
        Method method,
        int epochs,
        int batchSize,
        float learningRate,
        float weightDecay,
        double minutes) {

    /** An optimizer. */
    enum Method {
        /** Stochastic gradient descent with momentum: to train from scratch. */
        SGD,
        /** Adam: to train on what is quantized, where gradients differ much in size. */
        ADAM
    }

    private static final float MOMENTUM = 0.9f;
    private static final float LAST_RATE = 0.01f;
    private static final double FREEZING = 0.8;

    /**
     * Creates a schedule.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    Schedule {
        if (epochs < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "A training has at least one epoch and one image a batch, not "
                            + epochs
                            + " and "
                            + batchSize
                            + ".");
        }
        if (!(learningRate > 0 && Float.isFinite(learningRate))) {
            throw new IllegalArgumentException(
                    "The learning rate is finite and above 0, not " + learningRate + ".");
        }
        if (!(weightDecay >= 0 && Float.isFinite(weightDecay))) {
            throw new IllegalArgumentException(
                    "The weight decay is finite and not negative, not " + weightDecay + ".");
        }
        if (!(minutes > 0)) {
            throw new IllegalArgumentException("The time limit is above 0, not " + minutes + ".");
        }
    }

    /** Returns the optimizer for that number of batches in an epoch. */
    Optimizer optimizer(int batches) {
        Tracker rate =
                new TrainingLength(epochs, batches).cosine(learningRate, learningRate * LAST_RATE);
        if (method == Method.ADAM) {
            return Optimizer.adam()
                    .optLearningRateTracker(rate)
                    .optWeightDecays(weightDecay)
                    .build();
        }
        return Optimizer.sgd()
                .setLearningRateTracker(rate)
                .optMomentum(MOMENTUM)
                .optWeightDecays(weightDecay)
                .build();
    }

    /** Returns options that freeze BatchNorms and observers for the last fifth of the steps. */
    TrainingOptions freezing(int batches) {
        return new TrainingLength(epochs, batches).freezing(TrainingOptions.DEFAULT, FREEZING);
    }
}
