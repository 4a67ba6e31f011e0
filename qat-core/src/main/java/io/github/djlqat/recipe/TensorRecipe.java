package io.github.djlqat.recipe;

import io.github.djlqat.scheme.QuantizationScheme;

/**
 * How one kind of tensor is quantized.
 *
 * @param scheme the format, symmetry and granularity
 * @param observer how the range is found in calibration
 * @param learning how the scale moves in training
 */
public record TensorRecipe(
        QuantizationScheme scheme, ObserverType observer, ScaleLearning learning) {}
