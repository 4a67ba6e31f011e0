package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Learned scale and zero point as in torch's {@code _fake_quantize_learnable_per_tensor_affine} and
 * {@code _per_channel_affine}: learned step size quantization with the mask on the rounded code.
 *
 * <p>Forward, with \( z' = \mathrm{clamp}(\mathrm{rint}(z), q_{min}, q_{max}) \): \( \hat x =
 * (\mathrm{clamp}(\mathrm{rint}(x \cdot (1/s)) + z', q_{min}, q_{max}) - z') s \).
 *
 * <p>Backward, with \( q = \mathrm{rint}(z'' + x \cdot (1/s)) \), the zero point inside the
 * rounding and the sum fused with the product: \( z'' = \mathrm{trunc}(\mathrm{clamp}(z, q_{min},
 * q_{max}) + 1/2) \) where there is one zero point, as torch's operator for tensors, and \( z'' =
 * z' \) where there are several, as its operator for channels. Then where \( q_{min} \le q \le
 * q_{max} \), \( dx = d\hat x \), the scale gets \( d\hat x ((q - z'') s - x) / s \) and the zero
 * point nothing; below and above, \( dx = 0 \), the scale gets \( d\hat x (q_{min} - z'') \) or \(
 * d\hat x (q_{max} - z'') \), and the zero point \( -d\hat x \cdot s \). Both are summed and
 * multiplied by \( g \).
 *
 * @param qmin the smallest code, at most 0
 * @param qmax the largest code, at least 0
 * @param gradientScale the factor \( g \)
 * @see <a href="https://arxiv.org/abs/1903.08066">Jain et al., Trained Quantization Thresholds</a>
 */
public record LearnableAffine(int qmin, int qmax, float gradientScale) implements Estimator {

    /**
     * Checks the codes and the gradient scale.
     *
     * @param qmin the smallest code, at most 0
     * @param qmax the largest code, at least 0
     * @param gradientScale the factor \( g \)
     */
    public LearnableAffine {
        Operands.checkCodes(qmin, qmax);
        Operands.checkPositive("gradient scale", gradientScale);
        if (qmin > 0 || qmax < 0) {
            throw new IllegalArgumentException(
                    "The codes run from " + qmin + " to " + qmax + "; they must include 0.");
        }
    }

    @Override
    public String estimatorName() {
        return "learnable-affine";
    }

    @Override
    public List<String> operands() {
        return List.of("scale", "zero point");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("learnable_affine");
    }

    @Override
    public double[] constants() {
        return new double[] {qmin, qmax, gradientScale};
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray scale = Operands.shaped(inputs.get(1));
        NDArray s = scale.stopGradient();
        NDArray zeroPoint = Operands.shaped(inputs.get(2));
        NDArray zero = zeroPoint.stopGradient();
        NDArray values = Affine.values(constant, s, zero.round().clip(qmin, qmax), qmin, qmax);

        NDArray z =
                zero.size() == 1
                        ? zero.clip(qmin, qmax).add(0.5f).trunc()
                        : zero.round().clip(qmin, qmax);
        NDArray inverse = Affine.reciprocal(s);
        NDArray q = fused(constant, inverse, z).round();
        NDArray inside = q.gte(qmin).logicalAnd(q.lte(qmax));
        NDArray codes = q.clip(qmin, qmax).sub(z);
        NDArray slope = NDArrays.where(inside, codes.mul(s).sub(constant).mul(inverse), codes);
        NDArray result = Gradients.attach(values, x, Gradients.number(inside));
        result = Gradients.attach(result, scale, slope.mul(gradientScale));
        NDArray offset = Gradients.not(inside).mul(s.neg());
        return Gradients.attach(result, zeroPoint, offset.mul(gradientScale));
    }

    /** \( xy + z \) with one rounding: the product of two floats is exact in double precision. */
    private static NDArray fused(NDArray x, NDArray y, NDArray z) {
        NDArray product = x.toType(DataType.FLOAT64, false).mul(y.toType(DataType.FLOAT64, false));
        return product.add(z.toType(DataType.FLOAT64, false)).toType(DataType.FLOAT32, false);
    }
}
