package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * Stochastic gradient descent with momentum, as {@code torch.optim.SGD}.
 *
 * <p>\( g_t = \nabla_t + \lambda w_{t-1} \), \( b_1 = g_1 \), \( b_t = \mu b_{t-1} + (1 - \tau) g_t
 * \), and \( w_t = w_{t-1} - \eta b_t \), or \( w_t = w_{t-1} - \eta (g_t + \mu b_t) \) with
 * Nesterov's momentum; \( \lambda \) is the weight decay, \( \mu \) the momentum, \( \tau \) the
 * dampening and \( \eta \) the learning rate.
 */
public final class Sgd extends StatefulOptimizer {

    private final double momentum;
    private final double dampening;
    private final boolean nesterov;

    private Sgd(Builder builder) {
        super(builder);
        momentum = Settings.requireNotNegative("momentum", builder.momentum);
        dampening = builder.dampening;
        nesterov = builder.nesterov;
        if (!Double.isFinite(dampening)) {
            throw new IllegalArgumentException("The dampening is " + dampening + ".");
        }
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "Nesterov's momentum needs a momentum and no dampening; they are "
                            + momentum
                            + " and "
                            + dampening
                            + ".");
        }
    }

    /**
     * Creates a builder. A learning rate has to be set; there is no momentum unless it is set.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String kind() {
        return momentum == 0 ? "SGD" : "SGD with momentum";
    }

    @Override
    List<Slot> slots(Shape weight) {
        return momentum == 0 ? List.of() : List.of(Slot.like(weight));
    }

    @Override
    TensorKernel kernel(StepContext context, Shape weight) {
        Gradients gradients = context.coupled();
        double rate = context.learningRate();
        boolean first = context.step() == 1;
        double[] constants = {
            gradients.factor(),
            gradients.clip(),
            gradients.decay(),
            rate,
            momentum,
            1 - dampening,
            nesterov ? 1 : 0,
            first ? 1 : 0
        };
        return momentum == 0
                ? new UpdateKernel("sgd", constants, inputs -> plain(inputs, gradients, rate))
                : new UpdateKernel(
                        "sgd_momentum",
                        constants,
                        inputs -> withMomentum(inputs, gradients, rate, first));
    }

    private static void plain(NDList inputs, Gradients gradients, double rate) {
        NDArray weight = inputs.get(0);
        weight.subi(gradients.prepare(weight, inputs.get(1)).mul(rate));
    }

    private void withMomentum(NDList inputs, Gradients gradients, double rate, boolean first) {
        NDArray weight = inputs.get(0);
        NDArray gradient = gradients.prepare(weight, inputs.get(1));
        NDArray buffer = inputs.get(2);
        if (first) {
            gradient.copyTo(buffer);
        } else {
            buffer.muli(momentum).addi(gradient.mul(1 - dampening));
        }
        weight.subi((nesterov ? gradient.add(buffer.mul(momentum)) : buffer).mul(rate));
    }

    /** The builder of {@link Sgd}. */
    public static final class Builder extends StatefulOptimizerBuilder<Builder> {

        private double momentum;
        private double dampening;
        private boolean nesterov;

        Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the momentum.
         *
         * @param factor the factor of the previous steps, at least 0; 0 for none
         * @return this builder
         */
        public Builder optMomentum(double factor) {
            this.momentum = factor;
            return this;
        }

        /**
         * Sets the dampening of the momentum.
         *
         * @param part the part of the gradient that does not enter the momentum
         * @return this builder
         */
        public Builder optDampening(double part) {
            this.dampening = part;
            return this;
        }

        /**
         * Sets whether the momentum is Nesterov's.
         *
         * @param enabled whether it is
         * @return this builder
         */
        public Builder optNesterov(boolean enabled) {
            this.nesterov = enabled;
            return this;
        }

        /**
         * Builds the optimizer.
         *
         * @return the optimizer
         * @throws IllegalArgumentException if there is no learning rate, or a setting is out of
         *     range
         */
        public Sgd build() {
            return new Sgd(this);
        }
    }
}
