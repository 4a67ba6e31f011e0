package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * LSQ+: a learned scale and a learned offset, in units of the input rather than of the codes.
 *
 * <p>With \( r = (x - \beta) / s \): \( \hat x = \mathrm{rint}(\mathrm{clamp}(r, n, p)) s + \beta
 * \). Where \( n \le r \le p \), \( \partial \hat x / \partial x = 1 \), \( \partial \hat x /
 * \partial s = \mathrm{rint}(r) - r \) and \( \partial \hat x / \partial \beta = 0 \); outside, 0,
 * the bound \( n \) or \( p \), and 1. The gradients of \( s \) and \( \beta \) are summed over the
 * elements that share them and multiplied by \( g \).
 *
 * @param qmin the smallest code \( n \)
 * @param qmax the largest code \( p \)
 * @param gradientScale the factor \( g \)
 * @see <a href="https://arxiv.org/abs/2004.09576">Bhalgat et al., LSQ+: Improving low-bit
 *     quantization through learnable offsets and better initialization</a>
 */
public record LsqPlus(int qmin, int qmax, float gradientScale) implements Estimator {

    /**
     * Checks the codes and the gradient scale.
     *
     * @param qmin the smallest code \( n \)
     * @param qmax the largest code \( p \)
     * @param gradientScale the factor \( g \)
     */
    public LsqPlus {
        Operands.checkCodes(qmin, qmax);
        Operands.checkPositive("gradient scale", gradientScale);
    }

    @Override
    public String estimatorName() {
        return "lsq-plus";
    }

    @Override
    public List<String> operands() {
        return List.of("scale", "offset");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("lsq_plus");
    }

    @Override
    public double[] constants() {
        return new double[] {qmin, qmax, gradientScale};
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray scale = Operands.shaped(inputs.get(1));
        NDArray s = scale.stopGradient();
        NDArray offset = Operands.shaped(inputs.get(2));
        NDArray b = offset.stopGradient();
        NDArray ratio = x.stopGradient().sub(b).div(s);
        NDArray inside = ratio.gte(qmin).logicalAnd(ratio.lte(qmax));
        NDArray codes = ratio.clip(qmin, qmax).round();
        NDArray slope = NDArrays.where(inside, codes.sub(ratio), codes);
        NDArray result = Gradients.attach(codes.mul(s).add(b), x, Gradients.number(inside));
        result = Gradients.attach(result, scale, slope.mul(gradientScale));
        return Gradients.attach(result, offset, Gradients.not(inside).mul(gradientScale));
    }
}
