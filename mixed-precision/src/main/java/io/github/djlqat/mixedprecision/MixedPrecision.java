package io.github.djlqat.mixedprecision;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of mixed-precision training. */
public final class MixedPrecision {

    private final Autocast autocast;
    private final LossScaling lossScaling;
    private final int accumulationSteps;
    private final double maxGradientNorm;
    private final float maxGradientValue;
    private final Consumer<StepReport> stepListener;

    private MixedPrecision(Builder builder) {
        this.autocast = builder.autocast;
        this.lossScaling = builder.scaling();
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
     * Returns the default settings for a precision: dynamic loss scaling for FP16, none for others.
     *
     * @param precision the precision
     * @return the settings
     */
    public static MixedPrecision of(Precision precision) {
        return builder().optPrecision(precision).build();
    }

    /**
     * Returns which operations compute in which precision.
     *
     * @return the settings of autocasting
     */
    public Autocast autocast() {
        return autocast;
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

        private Autocast autocast = Autocast.of(Precision.FLOAT32);
        private @Nullable LossScaling lossScaling;
        private int accumulationSteps = 1;
        private double maxGradientNorm = Double.POSITIVE_INFINITY;
        private float maxGradientValue = Float.POSITIVE_INFINITY;
        private Consumer<StepReport> stepListener = report -> {};

        private Builder() {}

        /**
         * Sets the precision of matrix products and convolutions.
         *
         * @param precision the precision; single by default
         * @return this builder
         */
        public Builder optPrecision(Precision precision) {
            return optAutocast(Autocast.of(precision));
        }

        /**
         * Sets which operations compute in which precision.
         *
         * @param settings the settings of autocasting
         * @return this builder
         */
        public Builder optAutocast(Autocast settings) {
            this.autocast = settings;
            return this;
        }

        /**
         * Sets how losses are scaled.
         *
         * @param scaling the scaling; dynamic for FP16 by default, none for other precisions
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

        private LossScaling scaling() {
            if (lossScaling != null) {
                return lossScaling;
            }
            return autocast.precision() == Precision.FLOAT16
                    ? LossScaling.dynamic().build()
                    : LossScaling.none();
        }
    }
}
