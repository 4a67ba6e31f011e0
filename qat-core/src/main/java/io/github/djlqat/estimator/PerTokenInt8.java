package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Dynamic INT8 activations with one scale for each token, a row along the last axis.
 *
 * <p>With \( s = 127 / \max(\max_j |x_j|, \epsilon) \) of the row, \( \hat x =
 * \mathrm{clamp}(\mathrm{rint}(x s), -128, 127) / s \); the gradient passes unchanged, since
 * nothing is clipped. A row that holds an infinity or NaN has no finite scale: all of it becomes
 * NaN.
 *
 * @param epsilon the smallest absolute maximum \( \epsilon \)
 * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al., The Era of 1-bit LLMs: All Large
 *     Language Models are in 1.58 Bits</a>
 */
public record PerTokenInt8(float epsilon) implements Estimator {

    /** BitNet's smallest absolute maximum. */
    public static final float DEFAULT_EPSILON = 1e-5f;

    /**
     * Checks the smallest absolute maximum.
     *
     * @param epsilon the smallest absolute maximum \( \epsilon \)
     */
    public PerTokenInt8 {
        Operands.checkPositive("epsilon", epsilon);
    }

    /** Creates the estimator with {@link #DEFAULT_EPSILON}. */
    public PerTokenInt8() {
        this(DEFAULT_EPSILON);
    }

    @Override
    public String estimatorName() {
        return "per-token-int8";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("per_token_int8");
    }

    @Override
    public double[] constants() {
        return new double[] {epsilon};
    }

    @Override
    public void check(NDList inputs) {
        Estimator.super.check(inputs);
        Operands.checkElements(estimatorName(), inputs.head(), 1);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray largest = constant.abs().max(new int[] {-1}, true);
        NDArray s = Affine.reciprocal(largest.maximum(epsilon)).mul(127);
        NDArray values = constant.mul(s).round().clip(-128, 127).div(s);
        return Gradients.straightThrough(values, x);
    }
}
