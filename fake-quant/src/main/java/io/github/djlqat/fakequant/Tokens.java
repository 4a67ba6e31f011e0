package io.github.djlqat.fakequant;

/** Which layers have inputs whose last axis is a token's features. */
final class Tokens {

    private Tokens() {}

    /**
     * Checks that a layer sums over the last axis of its input.
     *
     * @throws IllegalArgumentException naming the layer if it does not
     */
    static void require(WeightedLayer layer, String what) {
        switch (layer.node().op()) {
            case "convolution", "deconvolution" ->
                    throw new IllegalArgumentException(
                            "The input of the layer "
                                    + layer.name()
                                    + " cannot be quantized as "
                                    + what
                                    + ": each token has a scale, and a convolution has no tokens. Legal are linear and matMul layers, or another recipe for this one.");
            default -> {}
        }
    }
}
