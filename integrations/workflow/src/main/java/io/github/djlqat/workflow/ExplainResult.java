package io.github.djlqat.workflow;

import java.util.List;

/**
 * What a recipe makes of a model.
 *
 * @param model the model's file or folder
 * @param recipe the recipe's name
 * @param layers what it makes of each layer and operation, in the order of execution
 * @param averageWeightBits the mean number of bits of the weights of all layers, by their number of
 *     values; NaN where the sizes of the weights are not known
 */
public record ExplainResult(
        String model, String recipe, List<LayerDecision> layers, double averageWeightBits) {}
