package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import io.github.djlqat.torchscript.Value.Origin;

/**
 * The BatchNorm behind a layer whose weight is quantized as if it were folded in: \( \hat w = Q(w
 * f) / f,\ f = \gamma / \sqrt{\sigma^2 + \epsilon} \). The BatchNorm runs as before.
 *
 * @param gamma the factors
 * @param variance the running variance
 * @param epsilon what is added to the variance
 * @param signs whether only the signs of \( f \) make a difference, because each output channel has
 *     a scale of its own
 * @see <a href="https://arxiv.org/abs/1806.08342">Krishnamoorthi, section 3.2.2, batch
 *     normalization</a>
 */
record FoldedNorm(Origin gamma, Origin variance, double epsilon, boolean signs) {

    /** Magnitudes below this are those of channels that are switched off. */
    private static final double SMALLEST_FACTOR = 1e-12;

    /** The same BatchNorm, folded into a weight of a recipe. */
    FoldedNorm withRecipe(TensorRecipe recipe) {
        return new FoldedNorm(gamma, variance, epsilon, commutes(recipe.scheme()));
    }

    /** Whether quantization of a folded weight differs from that of the weight as it is. */
    static boolean matters(TensorRecipe recipe) {
        QuantizationScheme scheme = recipe.scheme();
        boolean mirrored =
                scheme.symmetry() == Symmetry.SYMMETRIC
                        && scheme.format().signed()
                        && scheme.format().narrowRange();
        return !(commutes(scheme) && mirrored);
    }

    private static boolean commutes(QuantizationScheme scheme) {
        return scheme.granularity() instanceof Granularity.PerChannel channel && channel.axis() == 0
                || scheme.granularity() instanceof Granularity.PerGroup group && group.axis() != 0;
    }

    /** The factor of each output channel. */
    float[] factors(float[] gammas, float[] variances) {
        float[] factors = new float[gammas.length];
        for (int i = 0; i < factors.length; i++) {
            float factor = gammas[i] / (float) Math.sqrt(variances[i] + (float) epsilon);
            factor = signs ? (factor < 0 ? -1 : 1) : factor;
            factors[i] = Math.abs(factor) < SMALLEST_FACTOR ? 1 : factor;
        }
        return factors;
    }
}
