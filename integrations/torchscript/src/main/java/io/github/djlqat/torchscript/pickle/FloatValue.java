package io.github.djlqat.torchscript.pickle;

/**
 * A float, which is an IEEE 754 binary64 in Python.
 *
 * @param value the value
 */
public record FloatValue(double value) implements PickleValue {}
