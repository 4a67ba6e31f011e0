package io.github.djlqat.recipe;

/**
 * How one kind of tensor is quantized: to integers whose ranges are observed or learned, or to a
 * format that takes its scales from the tensor itself.
 */
public sealed interface TensorQuantization permits TensorRecipe, FormatRecipe {}
