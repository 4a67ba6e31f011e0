package io.github.djlqat.graph.pass;

import io.github.djlqat.graph.Graph;

/** A rewrite of a graph that computes the same. */
@FunctionalInterface
public interface GraphPass {

    /**
     * Rewrites a graph.
     *
     * @param graph a graph, which stays as it is
     * @return a graph with the same inputs that computes the same outputs
     */
    Graph apply(Graph graph);

    /**
     * Returns the pass that applies this one first and another one then.
     *
     * @param next the other pass
     * @return both in one
     */
    default GraphPass then(GraphPass next) {
        return graph -> next.apply(apply(graph));
    }
}
