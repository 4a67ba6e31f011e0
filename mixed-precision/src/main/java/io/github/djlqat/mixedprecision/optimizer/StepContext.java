package io.github.djlqat.mixedprecision.optimizer;

/**
 * What one step of one parameter depends on beside the arrays.
 *
 * @param step the number of the step of this parameter, from 1
 * @param learningRate the learning rate
 * @param weightDecay the weight decay
 * @param factor the factor of the gradient
 * @param clip the bound of the gradient's absolute values; negative for none
 */
record StepContext(int step, double learningRate, double weightDecay, double factor, double clip) {

    /** The gradient with the weight decay added to it. */
    Gradients coupled() {
        return new Gradients(factor, clip, weightDecay);
    }

    /** The gradient without weight decay. */
    Gradients decoupled() {
        return new Gradients(factor, clip, 0);
    }
}
