package io.github.djlqat.report.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operations of a model and the tensors between them.
 *
 * @param nodes the operations in order of execution
 * @param edges the tensors, each from a node to a later one
 */
public record ModelGraph(List<GraphNode> nodes, List<GraphEdge> edges) {

    private static final int MAX_NODES = 20_000;
    private static final int MAX_EDGES = 60_000;

    /**
     * Copies the lists and checks that they fit.
     *
     * @param nodes the operations in order of execution
     * @param edges the tensors, each from a node to a later one
     * @throws IllegalArgumentException if two nodes have one id, or an edge does not lead from a
     *     node to a later one
     */
    public ModelGraph {
        nodes = Checks.list("nodes of the graph", nodes, MAX_NODES);
        edges = Checks.list("edges of the graph", edges, MAX_EDGES);
        Map<String, Integer> order = new HashMap<>();
        for (GraphNode node : nodes) {
            if (order.putIfAbsent(node.id(), order.size()) != null) {
                throw new IllegalArgumentException(
                        "Two nodes of the graph have the id " + node.id() + ".");
            }
        }
        for (GraphEdge edge : edges) {
            Integer from = order.get(edge.from());
            Integer to = order.get(edge.to());
            if (from == null || to == null || from >= to) {
                throw new IllegalArgumentException(
                        "The edge from "
                                + edge.from()
                                + " to "
                                + edge.to()
                                + " does not lead from a node of the graph to a later one.");
            }
        }
    }
}
