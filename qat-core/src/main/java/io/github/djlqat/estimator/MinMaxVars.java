package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * A learned minimum and maximum, as TensorFlow's {@code FakeQuantWithMinMaxVars} and {@code
 * FakeQuantWithMinMaxVarsPerChannel}.
 *
 * <p>The range is moved so that zero is a code: with \( s = (max - min) / (q_{max} - q_{min}) \),
 * \( z \) is \( q_{min} - min / s \) clamped to the codes and rounded, halves away from zero, and
 * the bounds become \( l = (q_{min} - z) s \) and \( h = (q_{max} - z) s \). Then \( \hat x =
 * \lfloor (\mathrm{clamp}(x, l, h) - l) (1 / s) - q_0 + 1/2 \rfloor s \) with \( q_0 = \lfloor -l
 * (1 / s) + 1/2 \rfloor \).
 *
 * <p>\( dx = d\hat x \) where \( l \le x \le h \); the minimum gets \( \sum d\hat x \) below \( l
 * \), the maximum \( \sum d\hat x \) above \( h \). Where minimum and maximum are both 0, \( \hat x
 * = 0 \) and the gradient passes unchanged.
 *
 * @param bits the number of bits, 2 to 16
 * @param narrowRange whether the codes begin at 1 rather than 0
 * @see <a href="https://arxiv.org/abs/1712.05877">Jacob et al., Quantization and Training of Neural
 *     Networks for Efficient Integer-Arithmetic-Only Inference</a>
 */
public record MinMaxVars(int bits, boolean narrowRange) implements Estimator {

    /**
     * Checks the number of bits.
     *
     * @param bits the number of bits, 2 to 16
     * @param narrowRange whether the codes begin at 1 rather than 0
     */
    public MinMaxVars {
        Operands.checkBits(bits, 2);
    }

    @Override
    public String estimatorName() {
        return "min-max-vars";
    }

    @Override
    public List<String> operands() {
        return List.of("minimum", "maximum");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("min_max_vars");
    }

    @Override
    public double[] constants() {
        return new double[] {qmin(), qmax()};
    }

    private int qmin() {
        return narrowRange ? 1 : 0;
    }

    private int qmax() {
        return (1 << bits) - 1;
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray minimum = Operands.shaped(inputs.get(1));
        NDArray maximum = Operands.shaped(inputs.get(2));
        NDArray least = minimum.stopGradient();
        NDArray greatest = maximum.stopGradient();
        NDArray s = greatest.sub(least).div(qmax() - qmin());
        NDArray z = roundHalfAwayFromZero(least.div(s).neg().add(qmin()).clip(qmin(), qmax()));
        NDArray lowest = Affine.value(qmin(), s, z);
        NDArray highest = Affine.value(qmax(), s, z);

        NDArray empty = least.eq(0).logicalAnd(greatest.eq(0));
        NDArray clamped = constant.maximum(lowest).minimum(highest);
        NDArray inverse = Affine.reciprocal(s);
        NDArray codeOfZero = lowest.neg().mul(inverse).add(0.5f).floor();
        NDArray codes = clamped.sub(lowest).mul(inverse).sub(codeOfZero).add(0.5f).floor();
        NDArray values = codes.mul(s);
        values = NDArrays.where(empty.broadcast(values.getShape()), values.zerosLike(), values);
        NDArray inside = constant.gte(lowest).logicalAnd(constant.lte(highest)).logicalOr(empty);
        NDArray result = Gradients.attach(values, x, Gradients.number(inside));
        result = Gradients.attach(result, minimum, Gradients.number(constant.lt(lowest)));
        return Gradients.attach(result, maximum, Gradients.number(constant.gt(highest)));
    }

    /**
     * Exact for values of at least 0, where adding a half first would round up the float below a
     * half.
     */
    private static NDArray roundHalfAwayFromZero(NDArray values) {
        NDArray whole = values.floor();
        return whole.add(Gradients.number(values.sub(whole).gte(0.5f)));
    }
}
