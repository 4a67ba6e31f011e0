package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * Adam with decoupled weight decay, as {@code torch.optim.AdamW}: {@link Adam} on \( g_t = \nabla_t
 * \), after \( w_{t-1} \) has been multiplied by \( 1 - \eta \lambda \).
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, Decoupled Weight Decay
 *     Regularization</a>
 */
public final class AdamW extends StatefulOptimizer {

    private final AdamRule rule;

    private AdamW(Builder builder) {
        super(builder);
        rule = builder.rule(true);
    }

    /**
     * Creates a builder. The settings are those of {@link Adam}, with a weight decay of 0.01,
     * unless they are set.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String kind() {
        return "AdamW";
    }

    @Override
    List<Slot> slots(Shape weight) {
        return List.of(Slot.like(weight), Slot.like(weight));
    }

    @Override
    TensorKernel kernel(StepContext context, Shape weight) {
        return new UpdateKernel(
                "adam", rule.constants(context), inputs -> rule.apply(inputs, context));
    }

    /** The builder of {@link AdamW}. */
    public static final class Builder extends AdamBuilder<Builder> {

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
        public AdamW build() {
            return new AdamW(this);
        }
    }
}
