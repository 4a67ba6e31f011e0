package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.convention.CodeArithmetic;
import io.github.djlqat.convention.ZeroPointUse;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Opaque;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fake-quantizes a weight as if the BatchNorm behind its layer were folded into it, and leaves the
 * BatchNorm to run: \( \hat w = Q(w f) / f \), which is what dividing the layer's output by \( f \)
 * computes, without an operation on it.
 *
 * <p>Where each output channel has scales of its own, \( Q_{s|f|}(w f) / f = Q_s(w) \) for \( f > 0
 * \), so that folding changes nothing but the scale that is exported; for \( f < 0 \) the codes
 * change sign, which only a range without a mirror image notices. Such a scale is kept for the
 * weight as it is, where running statistics do not shake it.
 *
 * @see <a href="https://arxiv.org/abs/1806.08342">Krishnamoorthi, section 3.2.2, batch
 *     normalization</a>
 */
final class FoldedWeight {

    private static final double SMALLEST_FACTOR = 1e-12;

    private FoldedWeight() {}

    /** Whether folding a positive factor for each output channel commutes with quantization. */
    static boolean commutes(QuantizationScheme scheme, int outputAxis) {
        return scheme.granularity() instanceof Granularity.PerChannel channel
                        && channel.axis() == outputAxis
                || scheme.granularity() instanceof Granularity.PerGroup group
                        && group.axis() != outputAxis;
    }

    /** Whether the codes of the opposite of a weight are the opposites of its codes. */
    static boolean isMirrored(QuantizationScheme scheme) {
        CodeArithmetic arithmetic = scheme.convention().arithmetic();
        boolean odd =
                switch (arithmetic.rounding()) {
                    case HALF_EVEN, HALF_AWAY_FROM_ZERO, TOWARD_ZERO ->
                            arithmetic.zeroPoint() == ZeroPointUse.ADDED_AFTER_ROUNDING;
                    default -> false;
                };
        return odd
                && scheme.symmetry() == Symmetry.SYMMETRIC
                && scheme.format().signed()
                && scheme.format().narrowRange();
    }

    /**
     * Returns the factor that a weight is quantized under, by output channel: from the whole factor
     * of the fold.
     */
    static float[] quantizationFactors(QuantizationScheme scheme, WeightUse use, double[] factors) {
        float[] result = new float[factors.length];
        boolean sign = commutes(scheme, use.outputAxis());
        for (int i = 0; i < result.length; i++) {
            double factor = sign ? (factors[i] < 0 ? -1 : 1) : factors[i];
            result[i] = (float) (Math.abs(factor) < SMALLEST_FACTOR ? 1 : factor);
        }
        return result;
    }

    static NDArray quantize(
            ForwardPass pass, NDManager manager, FakeQuantize quantizer, WeightUse use, NDArray w) {
        BatchNormFold fold = use.fold();
        QuantizationScheme scheme = quantizer.getRecipe().scheme();
        boolean nothingToFold =
                fold == null || commutes(scheme, use.outputAxis()) && isMirrored(scheme);
        if (fold == null || nothingToFold) {
            return quantizer.apply(pass.store(), manager, w, pass.training());
        }
        float[] factors = quantizationFactors(scheme, use, currentFactors(pass, fold, w));
        long[] shape = new long[w.getShape().dimension()];
        java.util.Arrays.fill(shape, 1);
        shape[use.outputAxis()] = factors.length;
        Shape perChannel = new Shape(shape);
        return Opaque.run(
                quantizer.toString(),
                manager,
                quantizer.arguments(pass.store(), w, pass.training()),
                (owner, plain) ->
                        quantize(
                                owner,
                                quantizer,
                                plain,
                                owner.create(factors, perChannel),
                                pass.training()));
    }

    private static NDArray quantize(
            NDManager manager,
            FakeQuantize quantizer,
            List<NDArray> arguments,
            NDArray factor,
            boolean training) {
        List<NDArray> folded = new ArrayList<>(arguments);
        folded.set(0, arguments.get(0).mul(factor));
        folded.get(0).attach(manager);
        NDArray result = quantizer.apply(manager, folded, training).div(factor);
        result.attach(manager);
        return result;
    }

    /** Returns the values of a weight that its quantizer sees. */
    static float[] values(Parameter weight, WeightUse use, QuantizationScheme scheme) {
        float[] values = weight.getArray().toFloatArray();
        BatchNormFold fold = use.fold();
        if (fold != null && !(commutes(scheme, use.outputAxis()) && isMirrored(scheme))) {
            scale(values, weight.getShape(), use, quantizationFactors(scheme, use, fold.factors()));
        }
        return values;
    }

    /** Multiplies a weight by a factor for each output channel, in place. */
    static void scale(float[] values, Shape shape, WeightUse use, float[] factors) {
        ScaleLayout.of(new Granularity.PerChannel(use.outputAxis()), shape)
                .forEachRun(
                        (channel, from, to) -> {
                            for (int i = from; i < to; i++) {
                                values[i] *= factors[channel];
                            }
                        });
    }

    private static double[] currentFactors(ForwardPass pass, BatchNormFold fold, NDArray w) {
        float[] variances = value(pass, fold.variance(), w);
        float[] gammas = fold.gamma() == null ? null : value(pass, fold.gamma(), w);
        return BatchNormFold.factors(gammas, variances, fold.epsilon());
    }

    private static float[] value(ForwardPass pass, @Nullable Parameter parameter, NDArray w) {
        return pass.store().getValue(parameter, w.getDevice(), pass.training()).toFloatArray();
    }
}
