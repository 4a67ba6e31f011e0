package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * BitNet b1.58's ternary weights, scaled by their mean magnitude.
 *
 * <p>With \( s = 1 / \max(\mathrm{mean}|W|, \epsilon) \), \( \hat W =
 * \mathrm{clamp}(\mathrm{rint}(W s), -1, 1) / s \); the gradient passes unchanged. Activations are
 * quantized by {@link PerTokenInt8}.
 *
 * @param epsilon the smallest mean magnitude \( \epsilon \)
 * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al., The Era of 1-bit LLMs: All Large
 *     Language Models are in 1.58 Bits</a>
 */
public record BitNetWeights(float epsilon) implements Estimator {

    /** The reference implementation's smallest mean magnitude. */
    public static final float DEFAULT_EPSILON = 1e-5f;

    /**
     * Checks the smallest mean magnitude.
     *
     * @param epsilon the smallest mean magnitude \( \epsilon \)
     */
    public BitNetWeights {
        Operands.checkPositive("epsilon", epsilon);
    }

    /** Creates the estimator with {@link #DEFAULT_EPSILON}. */
    public BitNetWeights() {
        this(DEFAULT_EPSILON);
    }

    @Override
    public String estimatorName() {
        return "bitnet-weights";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("bitnet_weights");
    }

    @Override
    public double[] constants() {
        return new double[] {epsilon};
    }

    @Override
    public void check(NDList inputs) {
        Estimator.super.check(inputs);
        Operands.checkElements(estimatorName(), inputs.head(), 0);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray w = inputs.get(0);
        NDArray constant = w.stopGradient();
        NDArray s = Affine.reciprocal(constant.abs().mean().maximum(epsilon));
        NDArray values = constant.mul(s).round().clip(-1, 1).div(s);
        return Gradients.straightThrough(values, w);
    }
}
