package io.github.djlqat.extension.training;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.mixedprecision.optimizer.AdamW;
import io.github.djlqat.mixedprecision.optimizer.ParameterGroups;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The usual configuration of quantization-aware training: AdamW that decays the weights of layers
 * only, not scales and zero points, norms or biases; a learning rate that falls along a cosine;
 * BatchNorms and observers frozen for the last fifth; listeners, devices, and the precision.
 *
 * <pre>{@code
 * QuantizationTraining training =
 *         QuantizationTraining.builder(Loss.softmaxCrossEntropyLoss(), new TrainingLength(5, 100))
 *                 .addEvaluator(new Accuracy())
 *                 .addListeners(QuantizationListeners.basic())
 *                 .build();
 * Quantization.prepare(model, training.schedule(Presets.named("w4a4")), input);
 * try (Trainer trainer = training.newTrainer(model)) {
 *     ...
 * }
 * }</pre>
 */
public final class QuantizationTraining {

    private final Loss loss;
    private final TrainingLength length;
    private final float learningRate;
    private final float lastLearningRate;
    private final int warmUpSteps;
    private final float weightDecay;
    private final double freezeAfter;
    private final Precision precision;
    private final Device @Nullable [] devices;
    private final List<Evaluator> evaluators;
    private final List<TrainingListener> listeners;

    private QuantizationTraining(Builder builder) {
        loss = builder.loss;
        length = builder.length;
        learningRate = builder.learningRate;
        lastLearningRate = builder.lastLearningRate;
        warmUpSteps = builder.warmUpSteps;
        weightDecay = builder.weightDecay;
        freezeAfter = builder.freezeAfter;
        precision = builder.precision;
        devices = builder.devices;
        evaluators = List.copyOf(builder.evaluators);
        listeners = List.copyOf(builder.listeners);
        if (!(weightDecay >= 0 && Float.isFinite(weightDecay))) {
            throw new IllegalArgumentException(
                    "The weight decay is finite and at least 0, not " + weightDecay + ".");
        }
        // These refuse rates, steps and shares that are out of range.
        length.cosineAfterWarmUp(learningRate, lastLearningRate, warmUpSteps);
        length.freezing(TrainingOptions.DEFAULT, freezeAfter);
    }

    /**
     * Creates a builder.
     *
     * @param loss the loss
     * @param length how long the training is
     * @return a builder
     */
    public static Builder builder(Loss loss, TrainingLength length) {
        return new Builder(loss, length);
    }

    /**
     * Returns a recipe that freezes BatchNorms and observers in the course of this training, to
     * prepare the model by.
     *
     * @param recipe a recipe
     * @return the recipe; unchanged if it says itself when something is frozen
     */
    public Recipe schedule(Recipe recipe) {
        boolean own =
                recipe.training().freezeBatchNormAfter() >= 0
                        || recipe.training().freezeObserversAfter() >= 0;
        return own ? recipe : recipe.withTraining(length.freezing(recipe.training(), freezeAfter));
    }

    /**
     * Returns the configuration for a model. Its optimizer is new, and knows the parameters that
     * the model has now: prepare the model before.
     *
     * @param model a model with a block
     * @return the configuration
     * @throws IllegalArgumentException if the model has no block
     */
    public DefaultTrainingConfig config(Model model) {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalArgumentException(
                    "The model " + model.getName() + " has no block to train.");
        }
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(loss)
                        .optOptimizer(
                                AdamW.builder()
                                        .optLearningRateTracker(
                                                length.cosineAfterWarmUp(
                                                        learningRate,
                                                        lastLearningRate,
                                                        warmUpSteps))
                                        .optWeightDecays(weightDecay)
                                        .optParameterGroups(ParameterGroups.decayWeightsOnly(block))
                                        .build())
                        .addEvaluators(evaluators)
                        .addTrainingListeners(listeners.toArray(TrainingListener[]::new));
        if (devices != null) {
            config.optDevices(devices.clone());
        }
        return config;
    }

    /**
     * Returns a trainer with the configuration: DJL's own in single precision, and a {@link
     * MixedPrecisionTrainer} in others.
     *
     * @param model a model with a block
     * @return the trainer, to be closed by the caller
     * @throws IllegalArgumentException if the model has no block
     */
    public Trainer newTrainer(Model model) {
        DefaultTrainingConfig config = config(model);
        return precision == Precision.FLOAT32
                ? model.newTrainer(config)
                : new MixedPrecisionTrainer(model, config, MixedPrecision.of(precision));
    }

    /** The builder of {@link QuantizationTraining}. */
    public static final class Builder {

        private static final float LAST_SHARE = 0.01f;

        private final Loss loss;
        private final TrainingLength length;
        private float learningRate = 0.001f;
        private float lastLearningRate = learningRate * LAST_SHARE;
        private int warmUpSteps;
        private float weightDecay = 0.0001f;
        private double freezeAfter = 0.8;
        private Precision precision = Precision.FLOAT32;
        private Device @Nullable [] devices;
        private final List<Evaluator> evaluators = new ArrayList<>();
        private final List<TrainingListener> listeners = new ArrayList<>();

        Builder(Loss loss, TrainingLength length) {
            this.loss = loss;
            this.length = length;
        }

        /**
         * Sets the learning rate, 0.001 unless it is set, and the last one to a hundredth of it.
         *
         * @param rate the first rate, or the greatest one where it warms up; above 0
         * @return this builder
         */
        public Builder optLearningRate(float rate) {
            return optLearningRate(rate, rate * LAST_SHARE);
        }

        /**
         * Sets the learning rates.
         *
         * @param first the first rate, or the greatest one where it warms up; above 0
         * @param last the last rate, at least 0 and less than the first one
         * @return this builder
         */
        public Builder optLearningRate(float first, float last) {
            this.learningRate = first;
            this.lastLearningRate = last;
            return this;
        }

        /**
         * Sets the number of steps in which the learning rate rises from 0; none unless it is set.
         *
         * @param steps at least 0 and less than the training's
         * @return this builder
         */
        public Builder optWarmUpSteps(int steps) {
            this.warmUpSteps = steps;
            return this;
        }

        /**
         * Sets the decay of layers' weights, decoupled from the gradient; 0.0001 unless it is set.
         *
         * @param decay at least 0
         * @return this builder
         */
        public Builder optWeightDecay(float decay) {
            this.weightDecay = decay;
            return this;
        }

        /**
         * Sets after which share of the steps BatchNorms and observers are frozen; 0.8 unless it is
         * set.
         *
         * @param share from 0 to 1
         * @return this builder
         */
        public Builder optFreezeAfter(double share) {
            this.freezeAfter = share;
            return this;
        }

        /**
         * Sets the precision of the computation; single precision unless it is set.
         *
         * @param value the precision
         * @return this builder
         */
        public Builder optPrecision(Precision value) {
            this.precision = value;
            return this;
        }

        /**
         * Sets the devices to train on; all that the engine finds unless they are set.
         *
         * @param trainingDevices the devices
         * @return this builder
         */
        public Builder optDevices(Device... trainingDevices) {
            this.devices = trainingDevices.clone();
            return this;
        }

        /**
         * Adds an evaluator.
         *
         * @param evaluator the evaluator
         * @return this builder
         */
        public Builder addEvaluator(Evaluator evaluator) {
            evaluators.add(evaluator);
            return this;
        }

        /**
         * Adds listeners, which are called in their order.
         *
         * @param trainingListeners the listeners
         * @return this builder
         */
        public Builder addListeners(TrainingListener... trainingListeners) {
            listeners.addAll(List.of(trainingListeners));
            return this;
        }

        /**
         * Builds the training.
         *
         * @return the training
         * @throws IllegalArgumentException if a number is out of range
         */
        public QuantizationTraining build() {
            return new QuantizationTraining(this);
        }
    }
}
