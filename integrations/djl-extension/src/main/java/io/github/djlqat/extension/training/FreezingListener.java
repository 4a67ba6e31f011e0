package io.github.djlqat.extension.training;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.TrainingOptions;

/**
 * Freezes observers and BatchNorms of a prepared model after so many epochs or training steps: the
 * ranges of activations, and the running statistics, are then kept. Steps are the training forwards
 * of {@link QuantizedBlock#getSteps()}, which a checkpoint goes on from; epochs are those of the
 * trainer.
 *
 * <p>A recipe freezes by itself where it has {@code freezeObserversAfter} or {@code
 * freezeBatchNormAfter}; what it freezes is not left to this listener.
 */
public final class FreezingListener extends TrainingListenerAdapter {

    private static final long NEVER = -1;

    private final long observerSteps;
    private final long batchNormSteps;
    private final long observerEpochs;
    private final long batchNormEpochs;
    private int epochs;

    private FreezingListener(Builder builder) {
        observerSteps = builder.observerSteps;
        batchNormSteps = builder.batchNormSteps;
        observerEpochs = builder.observerEpochs;
        batchNormEpochs = builder.batchNormEpochs;
    }

    /**
     * Creates a builder.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Checks that the model is prepared, and that its recipe leaves the freezing to this listener.
     *
     * @throws IllegalArgumentException if it is not, or does not
     */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        QuantizedBlock block = PreparedModels.block(trainer, "FreezingListener");
        TrainingOptions options = block.getRecipe().training();
        refuseTwice(
                block,
                "freezeObserversAfter",
                options.freezeObserversAfter(),
                observerSteps >= 0 || observerEpochs >= 0);
        refuseTwice(
                block,
                "freezeBatchNormAfter",
                options.freezeBatchNormAfter(),
                batchNormSteps >= 0 || batchNormEpochs >= 0);
        epochs = 0;
        freeze(block);
    }

    private static void refuseTwice(QuantizedBlock block, String what, long steps, boolean here) {
        if (steps >= 0 && here) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + block.getRecipe().name()
                            + "\" has "
                            + what
                            + ": "
                            + steps
                            + " already; leave it out there or in the FreezingListener.");
        }
    }

    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        freeze(PreparedModels.block(trainer, "FreezingListener"));
    }

    @Override
    public void onEpoch(Trainer trainer) {
        epochs++;
        freeze(PreparedModels.block(trainer, "FreezingListener"));
    }

    private void freeze(QuantizedBlock block) {
        long steps = block.getSteps();
        if (isPast(steps, observerSteps) || isPast(epochs, observerEpochs)) {
            block.freezeObservers();
        }
        if (isPast(steps, batchNormSteps) || isPast(epochs, batchNormEpochs)) {
            block.freezeBatchNorm();
        }
    }

    private static boolean isPast(long done, long limit) {
        return limit >= 0 && done >= limit;
    }

    /** The builder of {@link FreezingListener}. */
    public static final class Builder {

        private long observerSteps = NEVER;
        private long batchNormSteps = NEVER;
        private long observerEpochs = NEVER;
        private long batchNormEpochs = NEVER;

        Builder() {}

        /**
         * Freezes observers after training steps.
         *
         * @param steps the number of training steps, at least 0
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder optFreezeObserversAfterSteps(long steps) {
            observerSteps = requireCount(steps, "steps");
            return this;
        }

        /**
         * Freezes observers after epochs.
         *
         * @param number the number of epochs, at least 0
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder optFreezeObserversAfterEpochs(int number) {
            observerEpochs = requireCount(number, "epochs");
            return this;
        }

        /**
         * Freezes BatchNorms after training steps.
         *
         * @param steps the number of training steps, at least 0
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder optFreezeBatchNormAfterSteps(long steps) {
            batchNormSteps = requireCount(steps, "steps");
            return this;
        }

        /**
         * Freezes BatchNorms after epochs.
         *
         * @param number the number of epochs, at least 0
         * @return this builder
         * @throws IllegalArgumentException if the number is negative
         */
        public Builder optFreezeBatchNormAfterEpochs(int number) {
            batchNormEpochs = requireCount(number, "epochs");
            return this;
        }

        private static long requireCount(long number, String unit) {
            if (number < 0) {
                throw new IllegalArgumentException(
                        "Freezing after "
                                + number
                                + " "
                                + unit
                                + " is not possible; legal is 0 or"
                                + " more.");
            }
            return number;
        }

        /**
         * Builds the listener.
         *
         * @return the listener, for one trainer at a time
         */
        public FreezingListener build() {
            return new FreezingListener(this);
        }
    }
}
