package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * What happens to a gradient before the optimizer's own rule: it is multiplied, then clipped, then
 * the decayed weight is added.
 *
 * @param factor the factor
 * @param clip the bound of its absolute values; negative for none
 * @param decay the part of the weight that is added
 */
record Gradients(double factor, double clip, double decay) {

    NDArray prepare(NDArray weight, NDArray gradient) {
        NDArray g = gradient;
        if (factor != 1) {
            g = g.mul(factor);
        }
        if (clip >= 0) {
            g = g.clip(-clip, clip);
        }
        if (decay != 0) {
            g = g.add(weight.mul(decay));
        }
        return g;
    }
}
