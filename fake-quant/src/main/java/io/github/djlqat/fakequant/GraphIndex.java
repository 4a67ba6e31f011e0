package io.github.djlqat.fakequant;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who makes and who uses each value of a graph. */
final class GraphIndex {

    /** One use of a value. */
    record Use(Node node, ArgumentPosition position) {}

    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, List<Use>> uses = new HashMap<>();
    private final Graph graph;

    GraphIndex(Graph graph) {
        this.graph = graph;
        for (Node node : graph.nodes()) {
            node.outputs().forEach(output -> producers.put(output, node));
            for (Use use : inputs(node)) {
                uses.computeIfAbsent(value(use), v -> new ArrayList<>()).add(use);
            }
        }
    }

    @Nullable Node producer(Value value) {
        return producers.get(value);
    }

    List<Use> uses(Value value) {
        return uses.getOrDefault(value, List.of());
    }

    boolean isOutput(Value value) {
        return graph.outputs().contains(value);
    }

    /**
     * Returns the arguments of a node that are computed values, without the receiver where it is
     * repeated.
     */
    static List<Use> inputs(Node node) {
        List<Use> inputs = new ArrayList<>();
        for (int i = Ops.repeatsReceiver(node.op()) ? 1 : 0; i < node.arguments().size(); i++) {
            Argument argument = node.arguments().get(i);
            if (argument instanceof Argument.ValueReference) {
                inputs.add(new Use(node, new ArgumentPosition(i, -1)));
            } else if (argument instanceof Argument.Sequence sequence) {
                for (int j = 0; j < sequence.elements().size(); j++) {
                    if (sequence.elements().get(j) instanceof Argument.ValueReference) {
                        inputs.add(new Use(node, new ArgumentPosition(i, j)));
                    }
                }
            }
        }
        return inputs;
    }

    static Value value(Use use) {
        return ((Argument.ValueReference) argument(use.node(), use.position())).value();
    }

    static Argument argument(Node node, ArgumentPosition position) {
        Argument argument = node.arguments().get(position.index());
        return position.element() < 0
                ? argument
                : ((Argument.Sequence) argument).elements().get(position.element());
    }
}
