package io.github.djlqat.torchscript.pickle;

/**
 * A complex number.
 *
 * @param real the real part
 * @param imaginary the imaginary part
 */
public record ComplexValue(double real, double imaginary) implements PickleValue {}
