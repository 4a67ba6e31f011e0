package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * Adam, as {@code torch.optim.Adam}.
 *
 * <p>\( g_t = \nabla_t + \lambda w_{t-1} \), \( m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t \), \(
 * v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \), and \( w_t = w_{t-1} - \frac{\eta}{1 - \beta_1^t}
 * m_t / (\sqrt{v_t} / \sqrt{1 - \beta_2^t} + \epsilon) \), with the learning rate \( \eta \) and
 * the weight decay \( \lambda \).
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam: A Method for Stochastic
 *     Optimization</a>
 */
public final class Adam extends StatefulOptimizer {

    private final AdamRule rule;

    private Adam(Builder builder) {
        super(builder);
        rule = builder.rule(false);
    }

    /**
     * Creates a builder. The learning rate is 0.001, the coefficients are 0.9 and 0.999, and
     * epsilon is 1e-8, unless they are set.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String kind() {
        return "Adam";
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

    /** The builder of {@link Adam}. */
    public static final class Builder extends AdamBuilder<Builder> {

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
        public Adam build() {
            return new Adam(this);
        }
    }
}
