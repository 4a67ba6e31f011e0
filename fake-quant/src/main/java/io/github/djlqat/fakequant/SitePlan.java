package io.github.djlqat.fakequant;

import java.util.Map;

/**
 * What is quantized at one site.
 *
 * @param activations the quantizer of each activation argument
 * @param weights the weight arguments
 * @param foldedBatchNorm whether the site is a BatchNorm that is folded into the layer before it
 */
record SitePlan(
        Map<ArgumentPosition, String> activations,
        Map<ArgumentPosition, WeightUse> weights,
        boolean foldedBatchNorm) {

    /** Copies the maps. */
    SitePlan {
        activations = Map.copyOf(activations);
        weights = Map.copyOf(weights);
    }
}
