package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Additive powers of two: the nearest of levels that are sums of powers of two, within a learned
 * clipping level \( \alpha > 0 \).
 *
 * <p>With \( r = x / \alpha \) and \( \Pi \) the projection onto the levels, a tie going to the
 * smaller: weights have \( \hat x = \alpha\, \mathrm{sign}(r) \Pi(\min(|r|, 1)) \), a gradient that
 * passes unmasked, and \( \partial \hat x / \partial \alpha = \mathrm{sign}(r) \) where \( |r| > 1
 * \), else \( \hat x / \alpha - r \). Activations have \( \hat x = \alpha \Pi(\mathrm{clamp}(r, 0,
 * 1)) \), a gradient that passes where \( 0 \le r \le 1 \), and \( \partial \hat x / \partial
 * \alpha \) is 1 above, 0 below and \( \hat x / \alpha - r \) inside.
 *
 * @param levels the magnitudes of the levels
 * @param signed true for weights, false for activations, which are not negative
 * @see <a href="https://arxiv.org/abs/1909.13144">Li et al., Additive Powers-of-Two Quantization:
 *     An Efficient Non-uniform Discretization for Neural Networks</a>
 */
public record Apot(ApotLevels levels, boolean signed) implements Estimator {

    @Override
    public String estimatorName() {
        return "apot";
    }

    @Override
    public List<String> operands() {
        return List.of("alpha");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method(signed ? "apot_weights" : "apot_activations");
    }

    @Override
    public double[] constants() {
        return levels.values();
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray alpha = Operands.shaped(inputs.get(1));
        NDArray a = alpha.stopGradient();
        NDArray ratio = x.stopGradient().div(a);
        return signed ? weights(x, alpha, a, ratio) : activations(x, alpha, a, ratio);
    }

    private NDArray weights(NDArray x, NDArray alpha, NDArray a, NDArray ratio) {
        NDArray magnitude = ratio.abs();
        NDArray projected = Gradients.withSign(project(magnitude.minimum(1)), ratio);
        NDArray slope = NDArrays.where(magnitude.gt(1), ratio.sign(), projected.sub(ratio));
        NDArray result = Gradients.straightThrough(projected.mul(a), x);
        return Gradients.attach(result, alpha, slope);
    }

    private NDArray activations(NDArray x, NDArray alpha, NDArray a, NDArray ratio) {
        NDArray projected = project(ratio.clip(0, 1));
        NDArray inside = ratio.gte(0).logicalAnd(ratio.lte(1));
        NDArray slope = NDArrays.where(inside, projected.sub(ratio), projected);
        NDArray result = Gradients.attach(projected.mul(a), x, Gradients.number(inside));
        return Gradients.attach(result, alpha, slope);
    }

    /** Climbs from level to level past each middle, which leaves NaN as it is. */
    private NDArray project(NDArray ratio) {
        double[] values = levels.values();
        NDArray projected = ratio.mul(0);
        for (int i = 1; i < values.length; i++) {
            float middle = ((float) values[i] + (float) values[i - 1]) * 0.5f;
            projected =
                    NDArrays.where(
                            ratio.gt(middle),
                            projected.onesLike().mul((float) values[i]),
                            projected);
        }
        return projected;
    }
}
