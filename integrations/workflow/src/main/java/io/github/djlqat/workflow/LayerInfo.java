package io.github.djlqat.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something in a model that a recipe may quantize.
 *
 * @param name the name that rules match
 * @param op the operation as rules name it, such as {@code convolution}
 * @param kind {@code layer} for a product with a weight, {@code elementwise} or {@code product} for
 *     operations without
 * @param weightShape the sizes of the weight; null where it has none or they are not known
 */
public record LayerInfo(String name, String op, String kind, @Nullable List<Long> weightShape) {

    /** A product of an input with a weight. */
    public static final String LAYER = "layer";

    /** An addition, a concatenation or the like. */
    public static final String ELEMENTWISE = "elementwise";

    /** A product of two activations, as in attention. */
    public static final String PRODUCT = "product";
}
