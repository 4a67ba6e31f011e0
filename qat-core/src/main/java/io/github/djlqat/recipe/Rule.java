package io.github.djlqat.recipe;

import org.jspecify.annotations.Nullable;

/**
 * An exception from a recipe's defaults for the layers that it matches. Later rules win over
 * earlier ones.
 *
 * @param name a glob over the layer's name ({@code *} any run of characters, {@code ?} one), or
 *     null for any name
 * @param op an op type such as {@code convolution} or {@code linear}, or null for any
 * @param position first or last layer with weights in the order of execution, or null for any
 * @param exclude whether matched layers stay in floating point
 * @param weights the weights of matched layers, or null to keep the recipe's
 * @param activations the input activations of matched layers, or null to keep the recipe's
 */
public record Rule(
        @Nullable String name,
        @Nullable String op,
        @Nullable Position position,
        boolean exclude,
        @Nullable TensorRecipe weights,
        @Nullable TensorRecipe activations) {}
