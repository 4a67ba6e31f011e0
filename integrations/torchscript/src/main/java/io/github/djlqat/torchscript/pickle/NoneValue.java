package io.github.djlqat.torchscript.pickle;

/** Python's None. */
public record NoneValue() implements PickleValue {}
