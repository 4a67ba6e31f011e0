package io.github.djlqat.recipe;

import org.jspecify.annotations.Nullable;

/**
 * What a recipe means for one layer.
 *
 * @param weights how the layer's weights are quantized, or null to leave them in floating point
 * @param activations how the layer's inputs are quantized, or null to leave them in floating point
 */
public record ResolvedLayer(
        @Nullable TensorQuantization weights, @Nullable TensorQuantization activations) {

    /**
     * Tells whether the layer stays in floating point altogether.
     *
     * @return whether neither weights nor activations are quantized
     */
    public boolean isFloatingPoint() {
        return weights == null && activations == null;
    }
}
