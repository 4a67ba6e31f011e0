package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * BinaryConnect: \( \hat w = 1 \) where \( w \ge 0 \), else \( -1 \).
 *
 * <p>\( dw = d\hat w \) where \( |w| \le 1 \), else 0. BinaryConnect itself keeps its weights
 * within \( [-1, 1] \), where this mask is 1 everywhere.
 *
 * @see <a href="https://arxiv.org/abs/1511.00363">Courbariaux et al., BinaryConnect: Training Deep
 *     Neural Networks with binary weights during propagations</a>
 * @see <a href="https://arxiv.org/abs/1602.02830">Courbariaux et al., Binarized Neural
 *     Networks</a>, for the mask
 */
public record BinaryConnect() implements Estimator {

    @Override
    public String estimatorName() {
        return "binary-connect";
    }

    @Override
    public List<String> operands() {
        return List.of();
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("binary_connect");
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray w = inputs.get(0);
        NDArray constant = w.stopGradient();
        NDArray inside = Gradients.number(constant.abs().lte(1));
        return Gradients.attach(Gradients.signs(constant), w, inside);
    }
}
