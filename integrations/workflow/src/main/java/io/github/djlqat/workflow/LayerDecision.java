package io.github.djlqat.workflow;

import java.util.List;

/**
 * What a recipe makes of a layer or an operation.
 *
 * @param layer what it is
 * @param weights how the weight is quantized, in words; {@code float32} where it is not
 * @param activations how the inputs are quantized, in words; {@code float32} where they are not
 * @param rules the numbers of the rules that match, from 1, in their order; later ones win
 * @param why what led to it, in words
 */
public record LayerDecision(
        LayerInfo layer, String weights, String activations, List<Integer> rules, String why) {}
