package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.recipe.EstimatorRecipe;

/**
 * One tensor of a prepared model that a published method quantizes.
 *
 * @param name the name, after the weight or the layer whose input it is
 * @param recipe the method
 * @param shape the shape of the tensor seen while preparing
 * @param weight whether the tensor is a weight
 */
record EstimatorPlan(String name, EstimatorRecipe recipe, Shape shape, boolean weight) {}
