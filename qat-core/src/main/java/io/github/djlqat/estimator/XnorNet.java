package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * XNOR-Net's weights: signs times the mean magnitude of the filter, an index of the first axis.
 *
 * <p>\( \hat w = \alpha\, \mathrm{sign}(w) \) with \( \alpha = \mathrm{mean}|w| \) over the
 * filter's \( n \) weights and \( \mathrm{sign}(0) = 1 \); \( dw = d\hat w (1/n + \alpha [|w| \le
 * 1]) \), as the paper writes it, element by element.
 *
 * @see <a href="https://arxiv.org/abs/1603.05279">Rastegari et al., XNOR-Net: ImageNet
 *     Classification Using Binary Convolutional Neural Networks</a>, section 3.1
 */
public record XnorNet() implements Estimator {

    @Override
    public String estimatorName() {
        return "xnor-net";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("xnor_net");
    }

    @Override
    public void check(NDList inputs) {
        Estimator.super.check(inputs);
        Operands.checkElements(estimatorName(), inputs.head(), 1);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray w = inputs.get(0);
        Shape shape = w.getShape();
        NDArray rows = w.stopGradient().reshape(shape.get(0), -1);
        NDArray alpha = rows.abs().mean(new int[] {1}, true);
        NDArray inside = Gradients.number(rows.abs().lte(1));
        NDArray slope = inside.mul(alpha).add(rows.onesLike().div(rows.getShape().get(1)));
        NDArray values = Gradients.signs(rows).mul(alpha);
        return Gradients.attach(values.reshape(shape), w, slope.reshape(shape));
    }
}
