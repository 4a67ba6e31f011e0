package io.github.djlqat.torchscript;

/** What quantizers do with what passes through them. */
public enum QuantizerMode {
    /** Nothing: the model computes what it did before it was prepared. */
    FLOAT,
    /** Keep it to be observed. */
    OBSERVE,
    /** Round it with scales that stay. */
    QUANTIZE,
    /**
     * Round it; while gradients are recorded, observed scales follow the weights and the moving
     * averages of the activations.
     */
    TRAIN;

    /** The number that the script knows it by. */
    int number() {
        return ordinal();
    }
}
