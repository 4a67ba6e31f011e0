package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * PACT: activations clipped at a learned level \( \alpha > 0 \).
 *
 * <p>\( y = \mathrm{clamp}(x, 0, \alpha) \) and \( \hat x = \mathrm{rint}(y (2^k - 1) / \alpha)
 * \cdot \alpha / (2^k - 1) \). \( \partial \hat x / \partial x = 1 \) where \( 0 \le x \lt \alpha
 * \), \( \partial \hat x / \partial \alpha = 1 \) where \( x \ge \alpha \), and 0 elsewhere.
 *
 * @param bits the number of bits \( k \), 1 to 16
 * @see <a href="https://arxiv.org/abs/1805.06085">Choi et al., PACT: Parameterized Clipping
 *     Activation for Quantized Neural Networks</a>
 */
public record Pact(int bits) implements Estimator {

    /**
     * Checks the number of bits.
     *
     * @param bits the number of bits \( k \), 1 to 16
     */
    public Pact {
        Operands.checkBits(bits, 1);
    }

    @Override
    public String estimatorName() {
        return "pact";
    }

    @Override
    public List<String> operands() {
        return List.of("alpha");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("pact");
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
        NDArray alpha = Operands.shaped(inputs.get(1));
        NDArray a = alpha.stopGradient();
        NDArray clipped = NDArrays.minimum(NDArrays.maximum(constant, 0), a);
        NDArray values = clipped.mul(Affine.reciprocal(a).mul(n)).round().mul(a.div(n));
        NDArray inside = constant.gte(0).logicalAnd(constant.lt(a));
        NDArray result = Gradients.attach(values, x, Gradients.number(inside));
        return Gradients.attach(result, alpha, Gradients.number(constant.gte(a)));
    }
}
