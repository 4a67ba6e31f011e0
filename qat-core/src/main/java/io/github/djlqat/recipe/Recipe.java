package io.github.djlqat.recipe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is quantized, and how.
 *
 * @param name the name of the recipe
 * @param weights the weights of layers, or null to leave them in floating point
 * @param activations the input activations of layers with weights, or null to leave them in
 *     floating point
 * @param elementwise the inputs of additions, concatenations and average pooling, or null to leave
 *     them in floating point
 * @param rules exceptions, later ones win
 * @param training the training-time options
 */
public record Recipe(
        String name,
        @Nullable TensorRecipe weights,
        @Nullable TensorRecipe activations,
        @Nullable TensorRecipe elementwise,
        List<Rule> rules,
        TrainingOptions training) {}
