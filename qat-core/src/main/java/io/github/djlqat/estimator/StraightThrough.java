package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;
import java.util.Locale;

/**
 * The straight-through estimator: the gradient of the identity, or of clipping.
 *
 * <p>\( \hat x = (\mathrm{clamp}(\mathrm{rint}(x \cdot (1/s)) + z, q_{min}, q_{max}) - z) s \) and
 * \( dx = d\hat x \cdot m \), where \( m \) is the mask. Scale and zero point get no gradient.
 * Infinities saturate.
 *
 * @param qmin the smallest code
 * @param qmax the largest code
 * @param mask where the gradient passes
 * @see <a href="https://arxiv.org/abs/1308.3432">Bengio et al., Estimating or Propagating Gradients
 *     Through Stochastic Neurons</a>
 */
public record StraightThrough(int qmin, int qmax, ClipMask mask) implements Estimator {

    /**
     * Checks the codes.
     *
     * @param qmin the smallest code
     * @param qmax the largest code
     * @param mask where the gradient passes
     */
    public StraightThrough {
        Operands.checkCodes(qmin, qmax);
    }

    @Override
    public String estimatorName() {
        return "straight-through";
    }

    @Override
    public List<String> operands() {
        return List.of("scale", "zero point");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("straight_through_" + mask.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public double[] constants() {
        return new double[] {qmin, qmax};
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray s = Operands.shaped(inputs.get(1)).stopGradient();
        NDArray z = Operands.shaped(inputs.get(2)).stopGradient();
        NDArray values = Affine.values(constant, s, z, qmin, qmax);
        return switch (mask) {
            case NONE -> Gradients.straightThrough(values, x);
            case INPUT ->
                    masked(
                            values,
                            x,
                            constant.gte(Affine.value(qmin, s, z))
                                    .logicalAnd(constant.lte(Affine.value(qmax, s, z))));
            case CODE -> {
                NDArray codes = Affine.codes(constant, s, z);
                yield masked(values, x, codes.gte(qmin).logicalAnd(codes.lte(qmax)));
            }
        };
    }

    private static NDArray masked(NDArray values, NDArray x, NDArray inside) {
        return Gradients.attach(values, x, Gradients.number(inside));
    }
}
