package io.github.djlqat.mixedprecision;

import java.util.Objects;

/** The settings of autocasting. */
public final class Autocast {

    private final Precision precision;
    private final AutocastPolicy policy;
    private final Computation computation;
    private final DelayedScaling delayedScaling;

    private Autocast(Builder builder) {
        this.precision = Objects.requireNonNull(builder.precision);
        this.policy = builder.policy;
        this.computation = builder.computation;
        this.delayedScaling = builder.delayedScaling;
    }

    /**
     * Returns the default settings for a precision.
     *
     * @param precision the precision
     * @return the settings
     */
    public static Autocast of(Precision precision) {
        return builder().setPrecision(precision).build();
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
     * Returns the low precision.
     *
     * @return the precision
     */
    public Precision precision() {
        return precision;
    }

    /**
     * Returns which operations compute in it.
     *
     * @return the policy
     */
    public AutocastPolicy policy() {
        return policy;
    }

    /**
     * Returns where half-precision operations compute.
     *
     * @return the computation
     */
    public Computation computation() {
        return computation;
    }

    /**
     * Returns how the scales of FP8 tensors are chosen.
     *
     * @return the scaling
     */
    public DelayedScaling delayedScaling() {
        return delayedScaling;
    }

    /** Builds settings. */
    public static final class Builder {

        private Precision precision = Precision.FLOAT32;
        private AutocastPolicy policy = AutocastPolicy.DEFAULT;
        private Computation computation = Computation.AUTO;
        private DelayedScaling delayedScaling = DelayedScaling.DEFAULT;

        private Builder() {}

        /**
         * Sets the low precision.
         *
         * @param precision the precision
         * @return this builder
         */
        public Builder setPrecision(Precision precision) {
            this.precision = precision;
            return this;
        }

        /**
         * Sets which operations compute in low precision.
         *
         * @param policy the policy; {@link AutocastPolicy#DEFAULT} by default
         * @return this builder
         */
        public Builder optPolicy(AutocastPolicy policy) {
            this.policy = policy;
            return this;
        }

        /**
         * Sets where half-precision operations compute.
         *
         * @param computation the computation; natively where that is fast by default
         * @return this builder
         */
        public Builder optComputation(Computation computation) {
            this.computation = computation;
            return this;
        }

        /**
         * Sets how the scales of FP8 tensors are chosen.
         *
         * @param scaling the scaling; {@link DelayedScaling#DEFAULT} by default
         * @return this builder
         */
        public Builder optDelayedScaling(DelayedScaling scaling) {
            this.delayedScaling = scaling;
            return this;
        }

        /**
         * Builds the settings.
         *
         * @return the settings
         */
        public Autocast build() {
            return new Autocast(this);
        }
    }
}
