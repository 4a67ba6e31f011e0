package io.github.djlqat.mixedprecision.optimizer;

/**
 * What the builders of the 8-bit variants of Adam share.
 *
 * @param <T> the builder
 */
public abstract class EightBitAdamBuilder<T extends EightBitAdamBuilder<T>> extends AdamBuilder<T> {

    private long minimumSize = 4096;

    EightBitAdamBuilder() {}

    /**
     * Sets the size from which on the moments of a weight are kept in 8 bits. The moments of
     * smaller weights, which take little memory and are often delicate, stay float32.
     *
     * @param elements the number of elements, at least 0
     * @return this builder
     */
    public T optMinimumSize(long elements) {
        this.minimumSize = elements;
        return self();
    }

    EightBitRule eightBitRule(boolean decoupled) {
        return new EightBitRule(rule(decoupled), minimumSize);
    }
}
