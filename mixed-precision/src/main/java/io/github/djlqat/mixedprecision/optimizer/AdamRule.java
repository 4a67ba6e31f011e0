package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * The rule of Adam with its coefficients.
 *
 * @param beta1 the coefficient of the first moment's average
 * @param beta2 the coefficient of the second moment's average
 * @param epsilon what keeps the denominator from zero
 * @param decoupled whether the weight decays by itself rather than through the gradient
 */
record AdamRule(double beta1, double beta2, double epsilon, boolean decoupled) {

    AdamRule {
        Settings.requireFraction("coefficient of the first moment", beta1);
        Settings.requireFraction("coefficient of the second moment", beta2);
        Settings.requireNotNegative("epsilon", epsilon);
    }

    private Gradients gradients(StepContext context) {
        return decoupled ? context.decoupled() : context.coupled();
    }

    private double keptWeight(StepContext context) {
        return decoupled ? 1 - context.learningRate() * context.weightDecay() : 1;
    }

    private double stepSize(StepContext context) {
        return context.learningRate() / (1 - Math.pow(beta1, context.step()));
    }

    private double secondCorrection(StepContext context) {
        return Math.sqrt(1 - Math.pow(beta2, context.step()));
    }

    /** The constants of the TorchScript methods. */
    double[] constants(StepContext context) {
        Gradients gradients = gradients(context);
        return new double[] {
            gradients.factor(),
            gradients.clip(),
            gradients.decay(),
            keptWeight(context),
            1 - beta1,
            beta2,
            1 - beta2,
            stepSize(context),
            secondCorrection(context),
            epsilon
        };
    }

    /** The step with float32 moments; the inputs are weight, gradient, mean and mean square. */
    void apply(NDList inputs, StepContext context) {
        NDArray weight = inputs.get(0);
        weight.muli(keptWeight(context));
        NDArray gradient = gradients(context).prepare(weight, inputs.get(1));
        NDArray mean = inputs.get(2);
        NDArray square = inputs.get(3);
        UpdateKernels.lerp(mean, gradient, 1 - beta1);
        square.muli(beta2).addi(gradient.square().mul(1 - beta2));
        NDArray denominator = square.sqrt().div(secondCorrection(context)).add(epsilon);
        weight.subi(mean.div(denominator).mul(stepSize(context)));
    }
}
