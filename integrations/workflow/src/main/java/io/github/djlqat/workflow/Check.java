package io.github.djlqat.workflow;

/**
 * Something that a result has to keep to.
 *
 * @param name what is checked, in words
 * @param limit the least or the greatest legal value
 * @param value the value found
 * @param passed whether it is legal
 */
public record Check(String name, double limit, double value, boolean passed) {

    static Check atLeast(String name, double limit, double value) {
        return new Check(name, limit, value, value >= limit);
    }

    static Check atMost(String name, double limit, double value) {
        return new Check(name, limit, value, value <= limit);
    }
}
