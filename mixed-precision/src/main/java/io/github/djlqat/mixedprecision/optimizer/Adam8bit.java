package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * {@link Adam} with moments of 8 bits instead of 32, which leaves about a quarter of the memory.
 *
 * <p>The moments lie in blocks of 256 values. A block is divided by its greatest absolute value,
 * which is kept in float32, and each quotient becomes the code of the nearest of 256 values, the
 * lower one of two that are equally near: those of the signed dynamic map for the first moment, of
 * the unsigned one for the second. A step decodes the moments, updates weights by them in float32,
 * and encodes them again. A negative first moment that is nearest to zero takes the negative value
 * next to it. These are the rules of bitsandbytes, whose older versions have blocks of 2,048.
 * Unlike there, the weight decay is that of {@link Adam}, added to the gradient, and gradients that
 * are not finite are not skipped.
 *
 * @see <a href="https://arxiv.org/abs/2110.02861">Dettmers et al., 8-bit Optimizers via Block-wise
 *     Quantization</a>
 */
public final class Adam8bit extends StatefulOptimizer {

    private final EightBitRule rule;

    private Adam8bit(Builder builder) {
        super(builder);
        rule = builder.eightBitRule(false);
    }

    /**
     * Creates a builder. The settings are those of {@link Adam}, and weights of 4,096 elements or
     * more have 8-bit moments, unless they are set.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String kind() {
        return "Adam8bit";
    }

    @Override
    List<Slot> slots(Shape weight) {
        return rule.slots(weight);
    }

    @Override
    TensorKernel kernel(StepContext context, Shape weight) {
        return rule.kernel(context, weight);
    }

    /** The builder of {@link Adam8bit}. */
    public static final class Builder extends EightBitAdamBuilder<Builder> {

        Builder() {}

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
        public Adam8bit build() {
            return new Adam8bit(this);
        }
    }
}
