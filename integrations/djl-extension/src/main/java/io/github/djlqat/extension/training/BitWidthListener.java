package io.github.djlqat.extension.training;

import ai.djl.training.Trainer;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.translate.TranslateException;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.recipe.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Lowers the precision of a prepared model in the course of its training, such as from 8 to 6 and
 * to 4 bits: after so many epochs it goes on by another recipe, the ranges of activations chosen
 * from data anew. Progressive quantization eases the training of few bits: Zhuang et al., <a
 * href="https://arxiv.org/abs/1711.00205">Towards Effective Low-bitwidth Convolutional Neural
 * Networks</a>.
 *
 * <p>It stands behind listeners that judge an epoch, such as {@link QuantizedEarlyStopping}: what
 * they judge has still the bits of that epoch.
 */
public final class BitWidthListener extends TrainingListenerAdapter {

    private final Dataset calibrationSet;
    private final int calibrationBatches;
    private final TreeMap<Integer, UnaryOperator<Recipe>> changes;
    private int epochs;

    private BitWidthListener(Builder builder) {
        calibrationSet = builder.calibrationSet;
        calibrationBatches = builder.calibrationBatches;
        changes = new TreeMap<>(builder.changes);
    }

    /**
     * Creates a builder.
     *
     * @param calibrationSet what the ranges of activations are chosen from at each change
     * @param calibrationBatches the number of batches to use at most, at least 1
     * @return a builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static Builder builder(Dataset calibrationSet, int calibrationBatches) {
        return new Builder(calibrationSet, calibrationBatches);
    }

    /**
     * Checks that the model is prepared, and trained on the device that it is on.
     *
     * @throws IllegalArgumentException if it is not
     */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        PreparedModels.block(trainer, "BitWidthListener");
        PreparedModels.requireOwnArrays(trainer, "BitWidthListener");
        epochs = 0;
    }

    /**
     * Changes the recipe, where that is due.
     *
     * @throws IllegalArgumentException if the model cannot be prepared by the recipe
     * @throws UncheckedIOException if the calibration set cannot be read
     * @throws IllegalStateException if it cannot be processed
     */
    @Override
    public void onEpoch(Trainer trainer) {
        epochs++;
        UnaryOperator<Recipe> change = changes.get(epochs);
        if (change == null) {
            return;
        }
        Recipe now = PreparedModels.block(trainer, "BitWidthListener").getRecipe();
        try {
            Quantization.changeRecipe(
                    trainer.getModel(), change.apply(now), calibrationSet, calibrationBatches);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TranslateException e) {
            throw new IllegalStateException("The calibration set cannot be processed.", e);
        }
        if (trainer instanceof MixedPrecisionTrainer mixed) {
            mixed.clearWeightCopies();
        }
    }

    /** The builder of {@link BitWidthListener}. */
    public static final class Builder {

        private final Dataset calibrationSet;
        private final int calibrationBatches;
        private final Map<Integer, UnaryOperator<Recipe>> changes = new TreeMap<>();

        Builder(Dataset calibrationSet, int calibrationBatches) {
            if (calibrationBatches < 1) {
                throw new IllegalArgumentException(
                        "The number of calibration batches is "
                                + calibrationBatches
                                + "; it must be at least 1.");
            }
            this.calibrationSet = calibrationSet;
            this.calibrationBatches = calibrationBatches;
        }

        /**
         * Goes on with another number of bits, as {@link BitWidths#withBits(Recipe, int)} makes the
         * recipe of the one before.
         *
         * @param epochs the number of epochs before the change, at least 1
         * @param bits the bits of weights and activations, from 2 to 8
         * @return this builder
         * @throws IllegalArgumentException if a number is out of range, or there is a change after
         *     that epoch already
         */
        public Builder addBits(int epochs, int bits) {
            BitWidths.requireBits(bits);
            return add(epochs, recipe -> BitWidths.withBits(recipe, bits));
        }

        /**
         * Goes on by another recipe.
         *
         * @param epochs the number of epochs before the change, at least 1
         * @param recipe the recipe
         * @return this builder
         * @throws IllegalArgumentException if the number is less than 1, or there is a change after
         *     that epoch already
         */
        public Builder addRecipe(int epochs, Recipe recipe) {
            return add(epochs, before -> recipe);
        }

        private Builder add(int epochs, UnaryOperator<Recipe> change) {
            if (epochs < 1) {
                throw new IllegalArgumentException(
                        "A change after "
                                + epochs
                                + " epochs is not possible; the model is prepared by what comes"
                                + " first.");
            }
            if (changes.putIfAbsent(epochs, change) != null) {
                throw new IllegalArgumentException(
                        "There are two changes after " + epochs + " epochs.");
            }
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener, for one trainer at a time
         * @throws IllegalArgumentException if there is no change
         */
        public BitWidthListener build() {
            if (changes.isEmpty()) {
                throw new IllegalArgumentException("A BitWidthListener needs at least one change.");
            }
            return new BitWidthListener(this);
        }
    }
}
