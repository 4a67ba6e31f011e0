package io.github.djlqat.fakequant;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is quantized at one site.
 *
 * @param activations the quantizer of each activation argument
 * @param wider the quantizer of more bits that an activation argument passes before its own, where
 *     there is one
 * @param weights the weight arguments
 * @param formats the arguments that are rounded to formats with scales of their own
 * @param estimators the quantizer by a published method of each argument that has one
 * @param foldedBatchNorm whether the site is a BatchNorm that is folded into the layer before it
 * @param absorbedRectifier whether the site is a rectifier whose every use is quantized to a range
 *     that begins at zero, which cuts off the same values
 * @param bias the bias that the site adds to a quantized layer, or null
 * @param integer what an integer runtime computes in place of the operation, or null where it
 *     computes the operation itself
 */
record SitePlan(
        Map<ArgumentPosition, String> activations,
        Map<ArgumentPosition, String> wider,
        Map<ArgumentPosition, WeightUse> weights,
        Map<ArgumentPosition, FormatUse> formats,
        Map<ArgumentPosition, String> estimators,
        boolean foldedBatchNorm,
        boolean absorbedRectifier,
        @Nullable LayerBias bias,
        @Nullable IntegerOperation integer) {

    /** Copies the maps. */
    SitePlan {
        activations = inOrder(activations);
        wider = inOrder(wider);
        weights = inOrder(weights);
        formats = inOrder(formats);
        estimators = inOrder(estimators);
    }

    /** Arguments that share a quantizer must be observed in the same order in every run. */
    private static <T> Map<ArgumentPosition, T> inOrder(Map<ArgumentPosition, T> positions) {
        TreeMap<ArgumentPosition, T> sorted =
                new TreeMap<>(
                        Comparator.comparingInt(ArgumentPosition::index)
                                .thenComparingInt(ArgumentPosition::element));
        sorted.putAll(positions);
        return Collections.unmodifiableMap(sorted);
    }
}
