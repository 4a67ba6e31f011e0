package io.github.djlqat.recipe;

import java.util.List;
import java.util.stream.Stream;

/**
 * The operations without weights that a recipe's {@code elementwise} format holds for, and that
 * rules can name.
 */
public final class ElementwiseOps {

    /**
     * The names of the operations, as the methods of DJL's {@code NDArray} and {@code NDArrayEx}
     * are called; {@code add} and {@code mul} also in place.
     */
    public static final List<String> NAMES =
            List.of("add", "mul", "concat", "stack", "avgPool", "globalAvgPool", "mean");

    /** These, and {@link LayerOps#NAMES}. */
    static final List<String> AND_LAYER_OPS =
            Stream.concat(LayerOps.NAMES.stream(), NAMES.stream()).toList();

    private ElementwiseOps() {}
}
