package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * DoReFa-Net's weights: bounded by a hyperbolic tangent, then quantized uniformly in \( [-1, 1] \).
 *
 * <p>For \( k > 1 \) bits, \( \hat w = 2\, q(\tanh w / (2 \max |\tanh w|) + 1/2) - 1 \) with \(
 * q(r) = \mathrm{rint}(r (2^k - 1)) / (2^k - 1) \). Rounding passes the gradient unmasked; the
 * tangent and the maximum have their own. For one bit, \( \hat w = \mathrm{sign}(w) \cdot
 * \mathrm{mean}|w| \), whose gradient passes unchanged.
 *
 * @param bits the number of bits \( k \), 1 to 16
 * @see <a href="https://arxiv.org/abs/1606.06160">Zhou et al., DoReFa-Net: Training Low Bitwidth
 *     Convolutional Neural Networks with Low Bitwidth Gradients</a>
 */
public record DoReFaWeights(int bits) implements Estimator {

    /**
     * Checks the number of bits.
     *
     * @param bits the number of bits \( k \), 1 to 16
     */
    public DoReFaWeights {
        Operands.checkBits(bits, 1);
    }

    @Override
    public String estimatorName() {
        return "dorefa-weights";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method(bits == 1 ? "dorefa_binary_weights" : "dorefa_weights");
    }

    @Override
    public double[] constants() {
        return bits == 1 ? new double[0] : new double[] {(1 << bits) - 1, Float.MIN_NORMAL};
    }

    @Override
    public void check(NDList inputs) {
        Estimator.super.check(inputs);
        Operands.checkElements(estimatorName(), inputs.head(), 0);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray w = inputs.get(0);
        if (bits == 1) {
            NDArray constant = w.stopGradient();
            NDArray values = Gradients.signs(constant).mul(constant.abs().mean());
            return Gradients.straightThrough(values, w);
        }
        int n = (1 << bits) - 1;
        NDArray tangent = w.tanh();
        NDArray bounded = tangent.div(tangent.abs().max().maximum(Float.MIN_NORMAL));
        NDArray ratio = bounded.stopGradient().mul(0.5f).add(0.5f);
        NDArray values = ratio.mul(n).round().div(n).mul(2).sub(1);
        return Gradients.straightThrough(values, bounded);
    }
}
