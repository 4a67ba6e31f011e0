package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.intercept.Site;
import org.jspecify.annotations.Nullable;

/**
 * The BatchNorm that follows a layer and is folded into its weight: \( w' = w \cdot f,\ f = \gamma
 * / \sqrt{\sigma^2 + \epsilon} \) for each output channel.
 *
 * @param site the BatchNorm
 * @param gamma the scale, or null for 1
 * @param beta the shift, or null for 0
 * @param mean the running mean
 * @param variance the running variance
 * @param epsilon the number added to the variance
 */
record BatchNormFold(
        Site site,
        @Nullable Parameter gamma,
        @Nullable Parameter beta,
        Parameter mean,
        Parameter variance,
        float epsilon) {

    /**
     * Returns \( \gamma / \sqrt{\sigma^2 + \epsilon} \) of the model's own parameters, by channel.
     */
    double[] factors() {
        return factors(
                gamma == null ? null : gamma.getArray().toFloatArray(),
                variance.getArray().toFloatArray(),
                epsilon);
    }

    /** Returns \( \gamma / \sqrt{\sigma^2 + \epsilon} \) by channel, with null for a scale of 1. */
    static double[] factors(float @Nullable [] gammas, float[] variances, float epsilon) {
        double[] factors = new double[variances.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] =
                    (gammas == null ? 1 : gammas[i]) / Math.sqrt((double) variances[i] + epsilon);
        }
        return factors;
    }

    static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** Returns the bias of the folded layer, by channel, for a layer that had a bias or none. */
    float[] foldBias(float @Nullable [] bias) {
        float[] means = mean.getArray().toFloatArray();
        float[] betas = beta == null ? null : beta.getArray().toFloatArray();
        double[] factors = factors();
        float[] folded = new float[means.length];
        for (int i = 0; i < folded.length; i++) {
            double own = bias == null ? 0 : bias[i];
            folded[i] = (float) ((betas == null ? 0 : betas[i]) + (own - means[i]) * factors[i]);
        }
        return folded;
    }
}
