package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Learned step size quantization: the scale is trained, with the mask on the unrounded ratio.
 *
 * <p>\( \hat x = (\mathrm{clamp}(\mathrm{rint}(x \cdot (1/s)) + z, q_{min}, q_{max}) - z) s \).
 * With \( l = (q_{min} - z) s \) and \( h = (q_{max} - z) s \), \( dx = d\hat x \) inside \( (l, h)
 * \) and 0 outside, and \( ds = g \sum d\hat x \cdot c \) over the elements that share the scale,
 * where \( c = \hat x / s - x / s \) inside, \( q_{min} - z \) below and \( q_{max} - z \) above.
 * The zero point is a constant.
 *
 * <p>{@link LearnableAffine} is the variant with the mask on the rounded code.
 *
 * @param qmin the smallest code
 * @param qmax the largest code
 * @param gradientScale the factor \( g \), in the paper \( 1 / \sqrt{N Q_P} \) for \( N \) elements
 *     that share the scale
 * @param rule on which side the bounds themselves are
 * @see <a href="https://arxiv.org/abs/1902.08153">Esser et al., Learned Step Size Quantization</a>
 */
public record Lsq(int qmin, int qmax, float gradientScale, LsqRule rule) implements Estimator {

    /**
     * Checks the codes and the gradient scale.
     *
     * @param qmin the smallest code
     * @param qmax the largest code
     * @param gradientScale the factor \( g \), in the paper \( 1 / \sqrt{N Q_P} \) for \( N \)
     *     elements that share the scale
     * @param rule on which side the bounds themselves are
     */
    public Lsq {
        Operands.checkCodes(qmin, qmax);
        Operands.checkPositive("gradient scale", gradientScale);
    }

    @Override
    public String estimatorName() {
        return "lsq";
    }

    @Override
    public List<String> operands() {
        return List.of("scale", "zero point");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("lsq");
    }

    @Override
    public double[] constants() {
        return new double[] {qmin, qmax, gradientScale, rule == LsqRule.METHOD_2 ? 1 : 0};
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray scale = Operands.shaped(inputs.get(1));
        NDArray s = scale.stopGradient();
        NDArray z = Operands.shaped(inputs.get(2)).stopGradient();
        NDArray values = Affine.values(constant, s, z, qmin, qmax);
        NDArray lowest = Affine.value(qmin, s, z);
        NDArray highest = Affine.value(qmax, s, z);
        NDArray inside =
                switch (rule) {
                    case PAPER -> constant.gt(lowest).logicalAnd(constant.lt(highest));
                    case METHOD_2 -> constant.gte(lowest).logicalAnd(constant.lte(highest));
                };
        NDArray slope = NDArrays.where(inside, values.sub(constant), values).div(s);
        NDArray result = Gradients.attach(values, x, Gradients.number(inside));
        return Gradients.attach(result, scale, slope.mul(gradientScale));
    }
}
