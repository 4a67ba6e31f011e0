package io.github.djlqat.graph.pass;

import io.github.djlqat.graph.Graph;
import java.util.List;

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
     * Rewrites traces that one program left at different sizes, each in the same way, so that they
     * stay traces of one program.
     *
     * @param traces traces of one program, with the same operations
     * @return the rewritten traces, in the order of the traces
     */
    default List<Graph> apply(List<Graph> traces) {
        return traces.stream().map(this::apply).toList();
    }

    /**
     * Returns the pass that applies this one first and another one then.
     *
     * @param next the other pass
     * @return both in one
     */
    default GraphPass then(GraphPass next) {
        GraphPass first = this;
        return new GraphPass() {
            @Override
            public Graph apply(Graph graph) {
                return next.apply(first.apply(graph));
            }

            @Override
            public List<Graph> apply(List<Graph> traces) {
                return next.apply(first.apply(traces));
            }
        };
    }
}
