package io.github.djlqat.recipe;

import java.util.List;

/**
 * The operations that a recipe's rules can name: those that multiply an input by weights or by
 * another input.
 */
public final class LayerOps {

    /**
     * The names of the operations, as the methods of DJL's {@code NDArray} and {@code NDArrayEx}
     * are called.
     */
    public static final List<String> NAMES =
            List.of(
                    "convolution",
                    "deconvolution",
                    "linear",
                    "matMul",
                    "batchDot",
                    "embedding",
                    "rnn",
                    "lstm",
                    "gru");

    private LayerOps() {}
}
