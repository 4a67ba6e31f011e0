package io.github.djlqat.report.data;

import org.jspecify.annotations.Nullable;

/**
 * One operation of the model's graph.
 *
 * @param id a name that no other node of the graph has
 * @param label what the node is called, usually the site of the operation
 * @param op the operation, such as {@code convolution}, {@code input} or {@code output}
 * @param module the part of the model that the node belongs to, or null for the top
 * @param weightFormat the number format of its weight, or null where it has none or it is in
 *     floating point
 */
public record GraphNode(
        String id,
        String label,
        String op,
        @Nullable String module,
        @Nullable String weightFormat) {

    /**
     * Checks the parts.
     *
     * @param id a name that no other node of the graph has
     * @param label what the node is called, usually the site of the operation
     * @param op the operation, such as {@code convolution}, {@code input} or {@code output}
     * @param module the part of the model that the node belongs to, or null for the top
     * @param weightFormat the number format of its weight, or null where it has none or it is in
     *     floating point
     * @throws IllegalArgumentException if a name is blank or too long
     */
    public GraphNode {
        Checks.name("id of a node", id);
        Checks.name("label of the node " + id, label);
        Checks.name("op of the node " + id, op);
        Checks.optionalName("module of the node " + id, module);
        Checks.optionalName("weight format of the node " + id, weightFormat);
    }
}
