package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import java.util.List;

/**
 * Training with quantization noise: in each forward, a random share of the elements is quantized.
 *
 * <p>Where the uniform noise \( u \in [0, 1) \), which the caller draws, is below the share \( p
 * \), \( \hat x = (\mathrm{clamp}(\mathrm{rint}(x \cdot (1/s)) + z, q_{min}, q_{max}) - z) s \);
 * elsewhere \( \hat x = x \). The gradient passes unchanged. Noise that is constant over blocks
 * quantizes whole blocks.
 *
 * @param qmin the smallest code
 * @param qmax the largest code
 * @param share the share \( p \) that is quantized, 0 to 1
 * @see <a href="https://arxiv.org/abs/2004.07320">Fan et al., Training with Quantization Noise for
 *     Extreme Model Compression</a>
 */
public record QuantNoise(int qmin, int qmax, float share) implements Estimator {

    /**
     * Checks the codes and the share.
     *
     * @param qmin the smallest code
     * @param qmax the largest code
     * @param share the share \( p \) that is quantized, 0 to 1
     */
    public QuantNoise {
        Operands.checkCodes(qmin, qmax);
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "The share that is quantized is " + share + "; it must be from 0 to 1.");
        }
    }

    @Override
    public String estimatorName() {
        return "quant-noise";
    }

    @Override
    public List<String> operands() {
        return List.of("scale", "zero point", "noise");
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("quant_noise");
    }

    @Override
    public double[] constants() {
        return new double[] {qmin, qmax, share};
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.get(0);
        NDArray constant = x.stopGradient();
        NDArray s = Operands.shaped(inputs.get(1)).stopGradient();
        NDArray z = Operands.shaped(inputs.get(2)).stopGradient();
        NDArray noise = Operands.shaped(inputs.get(3));
        NDArray quantized = Affine.values(constant, s, z, qmin, qmax);
        NDArray chosen = noise.lt(share).broadcast(x.getShape());
        return Gradients.straightThrough(NDArrays.where(chosen, quantized, constant), x);
    }
}
