package io.github.djlqat.graph.pass;

import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes operations that no output depends on. */
public final class DeadCode implements GraphPass {

    @Override
    public Graph apply(Graph graph) {
        Set<Integer> needed = new HashSet<>();
        graph.outputs().stream().map(Value::id).forEach(needed::add);
        List<Node> kept = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            if (node.outputs().stream().map(Value::id).anyMatch(needed::contains)) {
                needed.addAll(Arguments.values(node));
                kept.add(node);
            }
        }
        Collections.reverse(kept);
        return new Graph(graph.inputs(), kept, graph.outputs());
    }
}
