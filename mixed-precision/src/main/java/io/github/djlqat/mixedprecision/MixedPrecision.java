package io.github.djlqat.mixedprecision;

import java.util.function.Consumer;

/** The settings of mixed-precision training. */
public final class MixedPrecision {

    private final LossScaling lossScaling;
    private final int accumulationSteps;
    private final double maxGradientNorm;
    private final float maxGradientValue;
    private final Consumer<StepReport> stepListener;

    private MixedPrecision(Builder builder) {
        this.lossScaling = builder.lossScaling;
        this.accumulationSteps = builder.accumulationSteps;
        this.maxGradientNorm = builder.maxGradientNorm;
        this.maxGradientValue = builder.maxGradientValue;
        this.stepListener = builder.stepListener;
    }

    /**
     * Returns a builder of settings.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns how losses are scaled.
     *
     * @return the scaling
     */
    public LossScaling lossScaling() {
        return lossScaling;
    }

    /**
     * Returns over how many batches gradients are averaged before an update.
     *
     * @return the number of batches
     */
    public int accumulationSteps() {
        return accumulationSteps;
    }

    /**
     * Returns the largest norm of all gradients together.
     *
     * @return the norm, infinite for any
     */
    public double maxGradientNorm() {
        return maxGradientNorm;
    }

    /**
     * Returns the largest magnitude of a gradient's element.
     *
     * @return the magnitude, infinite for any
     */
    public float maxGradientValue() {
        return maxGradientValue;
    }

    /**
     * Returns who hears of every step.
     *
     * @return the listener
     */
    public Consumer<StepReport> stepListener() {
        return stepListener;
    }

    /** Builds settings. */
    public static final class Builder {

        private LossScaling lossScaling = LossScaling.none();
        private int accumulationSteps = 1;
        private double maxGradientNorm = Double.POSITIVE_INFINITY;
        private float maxGradientValue = Float.POSITIVE_INFINITY;
        private Consumer<StepReport> stepListener = report -> {};

        private Builder() {}

        /**
         * Sets how losses are scaled.
         *
         * @param scaling the scaling; none by default
         * @return this builder
         */
        public Builder optLossScaling(LossScaling scaling) {
            this.lossScaling = scaling;
            return this;
        }

        /**
         * Sets over how many batches gradients are averaged before an update. Batches that an epoch
         * leaves over are averaged with the first ones of the next.
         *
         * @param steps the number of batches, at least 1, the default
         * @return this builder
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder optAccumulationSteps(int steps) {
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "Gradients accumulate over at least 1 batch, not " + steps + ".");
            }
            this.accumulationSteps = steps;
            return this;
        }

        /**
         * Sets the largest Euclidean norm of all gradients together. Larger ones are multiplied by
         * \( n_{max} / (n + 10^{-6}) \).
         *
         * @param norm the norm, above 0; infinite by default
         * @return this builder
         * @throws IllegalArgumentException if the norm is not above 0
         */
        public Builder optMaxGradientNorm(double norm) {
            if (!(norm > 0)) {
                throw new IllegalArgumentException(
                        "The largest gradient norm is above 0, not " + norm + ".");
            }
            this.maxGradientNorm = norm;
            return this;
        }

        /**
         * Sets the largest magnitude of a gradient's element. Elements beyond are clipped on both
         * sides, after clipping by norm.
         *
         * @param value the magnitude, above 0; infinite by default
         * @return this builder
         * @throws IllegalArgumentException if the value is not above 0
         */
        public Builder optMaxGradientValue(float value) {
            if (!(value > 0)) {
                throw new IllegalArgumentException(
                        "The largest gradient value is above 0, not " + value + ".");
            }
            this.maxGradientValue = value;
            return this;
        }

        /**
         * Sets who hears of every step, skipped ones too.
         *
         * @param listener the listener, called on the thread that steps
         * @return this builder
         */
        public Builder optStepListener(Consumer<StepReport> listener) {
            this.stepListener = listener;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         */
        public MixedPrecision build() {
            return new MixedPrecision(this);
        }
    }
}
