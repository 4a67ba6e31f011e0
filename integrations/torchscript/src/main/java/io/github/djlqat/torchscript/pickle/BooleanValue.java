package io.github.djlqat.torchscript.pickle;

/**
 * A bool.
 *
 * @param value the value
 */
public record BooleanValue(boolean value) implements PickleValue {}
