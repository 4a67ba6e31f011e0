package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a model that a recipe may quantize.
 *
 * @param name the name that rules match: of the layer, or of the operation's site where it has no
 *     weight
 * @param op the operation as rules name it, such as {@code convolution} or {@code add}
 * @param weight the full name of the weight parameter, or null for an operation without weights
 * @param weightShape the shape of the weight, or null for an operation without weights
 */
public record QuantizableOperation(
        String name, String op, @Nullable String weight, @Nullable Shape weightShape) {

    /**
     * Tells whether the operation is a layer with a weight.
     *
     * @return whether it has a weight
     */
    public boolean isLayer() {
        return weight != null;
    }
}
