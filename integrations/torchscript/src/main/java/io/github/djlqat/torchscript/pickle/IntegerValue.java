package io.github.djlqat.torchscript.pickle;

/**
 * An int, which has 64 bits in TorchScript; data types and layouts are ints too.
 *
 * @param value the value
 */
public record IntegerValue(long value) implements PickleValue {}
