package io.github.djlqat.recipe;

/**
 * How one kind of tensor is quantized: to integers whose ranges are observed or learned, to a
 * format that takes its scales from the tensor itself, or by a published method with a gradient of
 * its own.
 */
public sealed interface TensorQuantization permits TensorRecipe, FormatRecipe, EstimatorRecipe {}
