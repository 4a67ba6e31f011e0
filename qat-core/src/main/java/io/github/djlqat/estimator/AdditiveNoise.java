package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Pseudo quantization noise: uniform noise as wide as a step in place of rounding.
 *
 * <p>\( \hat x = x + s (u - 1/2) \) with uniform \( u \in [0, 1) \), which the caller draws. It is
 * differentiable: \( \partial \hat x / \partial x = 1 \) and \( \partial \hat x / \partial s = u -
 * 1/2 \), through which a number of bits that determines the step may be learned.
 *
 * @see <a href="https://arxiv.org/abs/2104.09987">Défossez et al., Differentiable Model Compression
 *     via Pseudo Quantization Noise</a>
 */
public record AdditiveNoise() implements Estimator {

    @Override
    public String estimatorName() {
        return "additive-noise";
    }

    @Override
    public List<String> operands() {
        return List.of("step", "noise");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("additive_noise");
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray step = Operands.shaped(inputs.get(1));
        return inputs.get(0).add(inputs.get(2).sub(0.5f).mul(step));
    }
}
