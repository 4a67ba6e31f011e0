package io.github.djlqat.extension.training;

import ai.djl.training.Trainer;
import ai.djl.training.listener.EarlyStoppingListener.EarlyStoppedException;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.checkpoint.MetricGoal;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Ends the training of a prepared model when its quantized accuracy has not risen for some epochs,
 * and puts the best epoch's parameters, scales and observers back. They are put back, too, when a
 * training ends by itself after a better epoch.
 *
 * <p>A prepared model is validated as it infers, quantized. DJL's {@link
 * ai.djl.training.listener.EarlyStoppingListener} takes the smaller value for the better one and
 * keeps the last epoch. As that does, this one ends the training by an {@link
 * EarlyStoppedException} from {@code EasyTrain.fit}.
 *
 * <p>It stands behind an {@link ai.djl.training.listener.EvaluatorTrainingListener}. Where a {@link
 * BitWidthListener} changes the recipe, it begins anew.
 */
public final class QuantizedEarlyStopping extends TrainingListenerAdapter {

    private final String evaluator;
    private final MetricGoal goal;
    private final int patience;
    private final double minimalGain;
    private int epochs;
    private int waited;
    private @Nullable Snapshot snapshot;
    private double best = Double.NaN;
    private int bestEpoch;

    private QuantizedEarlyStopping(Builder builder) {
        evaluator = builder.evaluator;
        goal = builder.goal;
        patience = builder.patience;
        minimalGain = builder.minimalGain;
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
     * Returns the best value so far.
     *
     * @return the value of {@link #getBestEpoch()}, empty before the first epoch
     */
    public OptionalDouble getBest() {
        return bestEpoch == 0 ? OptionalDouble.empty() : OptionalDouble.of(best);
    }

    /**
     * Returns the epoch whose parameters are put back.
     *
     * @return the number of the epoch, from 1; 0 before the first one
     */
    public int getBestEpoch() {
        return bestEpoch;
    }

    /**
     * Checks that the model is prepared, and trained on the device that it is on.
     *
     * @throws IllegalArgumentException if it is not
     */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        PreparedModels.block(trainer, "QuantizedEarlyStopping");
        PreparedModels.requireOwnArrays(trainer, "QuantizedEarlyStopping");
        forget();
        epochs = 0;
    }

    /**
     * Compares the epoch with the best one.
     *
     * @throws EarlyStoppedException if too many epochs have been no better
     * @throws IllegalStateException if the trainer has no value of the evaluator
     */
    @Override
    public void onEpoch(Trainer trainer) {
        QuantizedBlock block = PreparedModels.block(trainer, "QuantizedEarlyStopping");
        if (snapshot != null && !snapshot.isOf(block)) {
            forget();
        }
        epochs++;
        double value = ValidationMetric.of(trainer, evaluator);
        if (bestEpoch == 0 || gain(value) > minimalGain) {
            closeSnapshot();
            snapshot = Snapshot.of(block, trainer.getModel().getNDManager());
            best = value;
            bestEpoch = epochs;
            waited = 0;
            return;
        }
        waited++;
        if (waited >= patience) {
            putBack(trainer);
            throw new EarlyStoppedException(
                    epochs,
                    evaluator
                            + " has not been better than "
                            + best
                            + " of epoch "
                            + bestEpoch
                            + " for "
                            + patience
                            + " epochs.");
        }
    }

    private double gain(double value) {
        return goal == MetricGoal.MAXIMIZE ? value - best : best - value;
    }

    @Override
    public void onTrainingEnd(Trainer trainer) {
        if (trainer.getModel().getBlock() instanceof QuantizedBlock block
                && snapshot != null
                && snapshot.isOf(block)
                && bestEpoch < epochs) {
            putBack(trainer);
        }
        closeSnapshot();
    }

    private void putBack(Trainer trainer) {
        Snapshot known = snapshot;
        if (known != null) {
            known.putBack();
            closeSnapshot();
            if (trainer instanceof MixedPrecisionTrainer mixed) {
                mixed.clearWeightCopies();
            }
        }
    }

    private void forget() {
        closeSnapshot();
        best = Double.NaN;
        bestEpoch = 0;
        waited = 0;
    }

    private void closeSnapshot() {
        Snapshot known = snapshot;
        if (known != null) {
            known.close();
            snapshot = null;
        }
    }

    /** The builder of {@link QuantizedEarlyStopping}. */
    public static final class Builder {

        private String evaluator = "Accuracy";
        private MetricGoal goal = MetricGoal.MAXIMIZE;
        private int patience = 3;
        private double minimalGain;

        Builder() {}

        /**
         * Sets what is watched on the validation data; {@code Accuracy}, the greater the better,
         * unless it is set.
         *
         * @param name the name of an evaluator of the trainer, or of its loss
         * @param metricGoal which of two values is the better one
         * @return this builder
         */
        public Builder optEvaluator(String name, MetricGoal metricGoal) {
            this.evaluator = name;
            this.goal = metricGoal;
            return this;
        }

        /**
         * Sets how many epochs in a row may be no better; 3 unless it is set.
         *
         * @param numberOfEpochs at least 1
         * @return this builder
         * @throws IllegalArgumentException if the number is less than 1
         */
        public Builder optPatience(int numberOfEpochs) {
            if (numberOfEpochs < 1) {
                throw new IllegalArgumentException(
                        "A patience of "
                                + numberOfEpochs
                                + " epochs is not possible; legal is 1 or"
                                + " more.");
            }
            this.patience = numberOfEpochs;
            return this;
        }

        /**
         * Sets by how much an epoch has to be better than the best one; 0 unless it is set.
         *
         * @param gain a difference of values, at least 0
         * @return this builder
         * @throws IllegalArgumentException if it is negative or not finite
         */
        public Builder optMinimalGain(double gain) {
            if (!(gain >= 0 && Double.isFinite(gain))) {
                throw new IllegalArgumentException(
                        "The minimal gain is finite and at least 0, not " + gain + ".");
            }
            this.minimalGain = gain;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener, for one trainer at a time
         */
        public QuantizedEarlyStopping build() {
            return new QuantizedEarlyStopping(this);
        }
    }
}
