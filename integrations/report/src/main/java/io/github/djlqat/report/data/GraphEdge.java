package io.github.djlqat.report.data;

import org.jspecify.annotations.Nullable;

/**
 * A tensor on its way from one operation to another.
 *
 * @param from the id of the node that computes it
 * @param to the id of the node that takes it
 * @param format the number format it is rounded to on the way, or null for floating point
 * @param shape the shape, such as {@code (1, 16, 32, 32)}, or null
 */
public record GraphEdge(String from, String to, @Nullable String format, @Nullable String shape) {

    /**
     * Checks the parts.
     *
     * @param from the id of the node that computes it
     * @param to the id of the node that takes it
     * @param format the number format it is rounded to on the way, or null for floating point
     * @param shape the shape, such as {@code (1, 16, 32, 32)}, or null
     * @throws IllegalArgumentException if a name is blank or too long
     */
    public GraphEdge {
        Checks.name("source of an edge", from);
        Checks.name("target of an edge", to);
        Checks.optionalName("format of the edge from " + from, format);
        Checks.optionalName("shape of the edge from " + from, shape);
    }
}
