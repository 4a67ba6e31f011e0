package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * A learned step \( d \) and a learned limit \( m \), from which the number of bits follows.
 *
 * <p>\( \hat x = \mathrm{sign}(x)\, d \lfloor |x| / d + 1/2 \rfloor \) where \( |x| \le m \), else
 * \( \mathrm{sign}(x)\, m \). Inside, \( \partial \hat x / \partial x = 1 \), \( \partial \hat x /
 * \partial d = (\hat x - x) / d \) and \( \partial \hat x / \partial m = 0 \); outside, 0, 0 and \(
 * \mathrm{sign}(x) \).
 *
 * <p>{@link #bitWidth} is differentiable, so that a loss may hold it to a budget.
 *
 * @see <a href="https://arxiv.org/abs/1905.11452">Uhlich et al., Mixed Precision DNNs: All you need
 *     is a good parametrization</a>, the uniform quantizer with step and range
 */
public record LearnedBitWidth() implements Estimator {

    /**
     * Returns the number of bits of a code, as a real number: \( \log_2(m / d + 1) + 1 \). A
     * deployed quantizer has the next whole number of bits.
     *
     * @param step the step \( d \)
     * @param limit the limit \( m \), of the step's shape
     * @return the number of bits, with gradients to both
     */
    public static NDArray bitWidth(NDArray step, NDArray limit) {
        return limit.div(step).add(1).log().mul((float) (1 / Math.log(2))).add(1);
    }

    @Override
    public String estimatorName() {
        return "learned-bit-width";
    }

    @Override
    public List<String> operands() {
        return List.of("step", "limit");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("learned_bit_width");
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray step = Operands.shaped(inputs.get(1));
        NDArray limit = Operands.shaped(inputs.get(2));
        NDArray d = step.stopGradient();
        NDArray m = limit.stopGradient();
        NDArray magnitude = constant.abs();
        NDArray inside = magnitude.lte(m);
        NDArray rounded = magnitude.div(d).add(0.5f).floor().mul(d);
        NDArray values =
                Gradients.withSign(NDArrays.where(inside, rounded, magnitude.minimum(m)), constant);
        NDArray error = NDArrays.where(inside, values.sub(constant), values.zerosLike());
        NDArray result = Gradients.attach(values, x, Gradients.number(inside));
        result = Gradients.attach(result, step, error.div(d));
        NDArray edge = constant.sign().mul(Gradients.number(magnitude.gt(m)));
        return Gradients.attach(result, limit, edge);
    }
}
