package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * DoReFa-Net's activations, clipped to \( [0, 1] \).
 *
 * <p>\( \hat x = \mathrm{rint}(\mathrm{clamp}(x, 0, 1) (2^k - 1)) / (2^k - 1) \) and \( dx = d\hat
 * x \) where \( 0 \le x \le 1 \), else 0.
 *
 * @param bits the number of bits \( k \), 1 to 16
 * @see <a href="https://arxiv.org/abs/1606.06160">Zhou et al., DoReFa-Net: Training Low Bitwidth
 *     Convolutional Neural Networks with Low Bitwidth Gradients</a>
 */
public record DoReFaActivations(int bits) implements Estimator {

    /**
     * Checks the number of bits.
     *
     * @param bits the number of bits \( k \), 1 to 16
     */
    public DoReFaActivations {
        Operands.checkBits(bits, 1);
    }

    @Override
    public String estimatorName() {
        return "dorefa-activations";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("dorefa_activations");
    }

    @Override
    public double[] constants() {
        return new double[] {(1 << bits) - 1};
    }

    @Override
    public NDArray compute(NDList inputs) {
        int n = (1 << bits) - 1;
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray values = constant.clip(0, 1).mul(n).round().div(n);
        NDArray inside = constant.gte(0).logicalAnd(constant.lte(1));
        return Gradients.attach(values, x, Gradients.number(inside));
    }
}
