package io.github.djlqat.torchscript;

/**
 * A product in a TorchScript model that a recipe may quantize.
 *
 * @param name the name that rules match
 * @param op the operation as rules name it, such as {@code convolution} or {@code linear}
 * @param weighted whether it multiplies by a weight of the model, rather than two activations
 */
public record TorchScriptLayer(String name, String op, boolean weighted) {}
