package io.github.djlqat.mixedprecision;

/**
 * How the factor changes that a loss is multiplied by, so that small gradients do not vanish in
 * half precision.
 *
 * <p>After a step with an infinite or NaN gradient \( s \leftarrow \max(b\,s, s_{min}) \); after
 * {@code growthInterval} finite steps in a row \( s \leftarrow g\,s \), unless that is infinite.
 * These are the rules of {@code torch.amp.GradScaler}, with a floor. Source: Micikevicius et al.,
 * <i>Mixed Precision Training</i>, section 3.2.
 */
public final class LossScaling {

    private final float initialScale;
    private final double growthFactor;
    private final double backoffFactor;
    private final int growthInterval;
    private final float minScale;
    private final boolean enabled;

    private LossScaling(Builder builder, boolean enabled) {
        this.initialScale = builder.initialScale;
        this.growthFactor = builder.growthFactor;
        this.backoffFactor = builder.backoffFactor;
        this.growthInterval = builder.growthInterval;
        this.minScale = builder.minScale;
        this.enabled = enabled;
    }

    /**
     * Returns a builder of dynamic scaling: at first \( 2^{16} \), doubled after 2,000 finite steps
     * and halved after each that is not, down to 1.
     *
     * @return a builder
     */
    public static Builder dynamic() {
        return new Builder();
    }

    /**
     * Returns a scale that never changes. A step with an infinite or NaN gradient is skipped.
     *
     * @param scale the factor
     * @return the scaling
     * @throws IllegalArgumentException if the scale is not positive and finite
     */
    public static LossScaling fixed(float scale) {
        return new LossScaling(
                new Builder()
                        .optInitialScale(scale)
                        .optMinScale(scale)
                        .optGrowthFactor(1)
                        .optBackoffFactor(1)
                        .checked(),
                true);
    }

    /**
     * Returns no scaling. Gradients are not checked.
     *
     * @return the scaling
     */
    public static LossScaling none() {
        return new LossScaling(new Builder().optInitialScale(1), false);
    }

    /**
     * Returns whether losses are scaled and gradients checked.
     *
     * @return false for {@link #none()}
     */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Returns the state before the first step.
     *
     * @return the state
     */
    public LossScalerState initialState() {
        return new LossScalerState(initialScale, 0);
    }

    /**
     * Returns the state after a step.
     *
     * @param state the state before
     * @param finite whether all gradients of the step were finite
     * @return the state after
     */
    public LossScalerState next(LossScalerState state, boolean finite) {
        if (!enabled) {
            return state;
        }
        if (!finite) {
            float smaller = (float) (state.scale() * backoffFactor);
            return new LossScalerState(Math.max(smaller, Math.min(minScale, state.scale())), 0);
        }
        int good = state.goodSteps() + 1;
        if (good < growthInterval) {
            return new LossScalerState(state.scale(), good);
        }
        float larger = (float) (state.scale() * growthFactor);
        return new LossScalerState(Float.isInfinite(larger) ? state.scale() : larger, 0);
    }

    /** Builds dynamic scaling. */
    public static final class Builder {

        private float initialScale = 1 << 16;
        private double growthFactor = 2;
        private double backoffFactor = 0.5;
        private int growthInterval = 2000;
        private float minScale = 1;

        private Builder() {}

        /**
         * Sets the first scale.
         *
         * @param scale the scale; 65,536 by default
         * @return this builder
         */
        public Builder optInitialScale(float scale) {
            this.initialScale = scale;
            return this;
        }

        /**
         * Sets what the scale is multiplied by after enough finite steps.
         *
         * @param factor the factor, at least 1; 2 by default
         * @return this builder
         */
        public Builder optGrowthFactor(double factor) {
            this.growthFactor = factor;
            return this;
        }

        /**
         * Sets what the scale is multiplied by after a step that is not finite.
         *
         * @param factor the factor, above 0 and at most 1; 0.5 by default
         * @return this builder
         */
        public Builder optBackoffFactor(double factor) {
            this.backoffFactor = factor;
            return this;
        }

        /**
         * Sets after how many finite steps in a row the scale grows.
         *
         * @param steps the number of steps, at least 1; 2,000 by default
         * @return this builder
         */
        public Builder optGrowthInterval(int steps) {
            this.growthInterval = steps;
            return this;
        }

        /**
         * Sets the scale below which none falls.
         *
         * @param scale the smallest scale, at most the first one; 1 by default
         * @return this builder
         */
        public Builder optMinScale(float scale) {
            this.minScale = scale;
            return this;
        }

        /**
         * Builds the scaling.
         *
         * @return the scaling
         * @throws IllegalArgumentException naming the value that is out of its range
         */
        public LossScaling build() {
            return new LossScaling(checked(), true);
        }

        private Builder checked() {
            require(
                    initialScale > 0 && Float.isFinite(initialScale),
                    "initial scale",
                    initialScale,
                    "above 0");
            require(
                    growthFactor >= 1 && Double.isFinite(growthFactor),
                    "growth factor",
                    growthFactor,
                    "at least 1");
            require(
                    backoffFactor > 0 && backoffFactor <= 1,
                    "backoff factor",
                    backoffFactor,
                    "above 0 and at most 1");
            require(growthInterval >= 1, "growth interval", growthInterval, "at least 1");
            require(
                    minScale > 0 && minScale <= initialScale,
                    "smallest scale",
                    minScale,
                    "above 0 and at most the initial scale " + initialScale);
            return this;
        }

        private static void require(boolean holds, String what, double value, String legal) {
            if (!holds) {
                throw new IllegalArgumentException(
                        "The " + what + " is " + value + "; legal is " + legal + ".");
            }
        }
    }
}
