package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.recipe.TensorRecipe;
import org.jspecify.annotations.Nullable;

/**
 * One quantizer of a prepared model.
 *
 * @param name the name, after the parameter or the operation whose result it quantizes
 * @param recipe how it quantizes
 * @param shape the shape of the tensor seen while preparing
 * @param weight the parameter it quantizes, or null for an activation
 * @param rectifies whether it takes in values from before a rectifier, and does the rectifier's
 *     work
 */
record QuantizerPlan(
        String name,
        TensorRecipe recipe,
        Shape shape,
        @Nullable Parameter weight,
        boolean rectifies) {

    QuantizerPlan rectifying() {
        return new QuantizerPlan(name, recipe, shape, weight, true);
    }
}
