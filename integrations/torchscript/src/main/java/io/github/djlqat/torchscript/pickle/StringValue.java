package io.github.djlqat.torchscript.pickle;

/**
 * A str.
 *
 * @param value the characters
 */
public record StringValue(String value) implements PickleValue {}
