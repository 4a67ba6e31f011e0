package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * {@link AdamW} with the moments of {@link Adam8bit}. The weight decays before the step, as in
 * {@link AdamW}; in bitsandbytes it does after it.
 */
public final class AdamW8bit extends StatefulOptimizer {

    private final EightBitRule rule;

    private AdamW8bit(Builder builder) {
        super(builder);
        rule = builder.eightBitRule(true);
    }

    /**
     * Creates a builder. The settings are those of {@link AdamW}, and weights of 4,096 elements or
     * more have 8-bit moments, unless they are set.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String kind() {
        return "AdamW8bit";
    }

    @Override
    List<Slot> slots(Shape weight) {
        return rule.slots(weight);
    }

    @Override
    TensorKernel kernel(StepContext context, Shape weight) {
        return rule.kernel(context, weight);
    }

    /** The builder of {@link AdamW8bit}. */
    public static final class Builder extends EightBitAdamBuilder<Builder> {

        Builder() {
            optWeightDecays(0.01f);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Builds the optimizer.
         *
         * @return the optimizer
         * @throws IllegalArgumentException if a setting is out of range
         */
        public AdamW8bit build() {
            return new AdamW8bit(this);
        }
    }
}
