package io.github.djlqat.graph.pass;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes once what is computed several times from the same arguments. */
public final class CommonSubexpressions implements GraphPass {

    @Override
    public Graph apply(Graph graph) {
        Map<Integer, Value> replaced = new HashMap<>();
        Map<String, List<Node>> known = new HashMap<>();
        List<Node> kept = new ArrayList<>();
        for (Node given : graph.nodes()) {
            Node node = Arguments.map(given, argument -> current(argument, replaced));
            List<Node> candidates = known.computeIfAbsent(node.op(), op -> new ArrayList<>());
            Optional<Node> twin =
                    isDeterministic(node)
                            ? candidates.stream().filter(other -> isSame(node, other)).findFirst()
                            : Optional.empty();
            if (twin.isPresent()) {
                for (int i = 0; i < node.outputs().size(); i++) {
                    replaced.put(node.outputs().get(i).id(), twin.get().outputs().get(i));
                }
            } else {
                candidates.add(node);
                kept.add(node);
            }
        }
        List<Value> outputs =
                graph.outputs().stream()
                        .map(value -> replaced.getOrDefault(value.id(), value))
                        .toList();
        return new Graph(graph.inputs(), kept, outputs);
    }

    private static Argument current(Argument argument, Map<Integer, Value> replaced) {
        return argument instanceof Argument.ValueReference reference
                        && replaced.containsKey(reference.value().id())
                ? new Argument.ValueReference(replaced.get(reference.value().id()))
                : argument;
    }

    /** A manager's method that makes no known array makes random numbers. */
    static boolean isDeterministic(Node node) {
        return Ops.isCreator(node.op())
                || Arguments.flat(node)
                        .anyMatch(argument -> !(argument instanceof Argument.Literal));
    }

    private static boolean isSame(Node node, Node other) {
        if (node.arguments().size() != other.arguments().size()
                || node.outputs().size() != other.outputs().size()) {
            return false;
        }
        for (int i = 0; i < node.arguments().size(); i++) {
            if (!isSame(node.arguments().get(i), other.arguments().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Argument argument, Argument other) {
        if (argument instanceof Argument.Literal a && other instanceof Argument.Literal b) {
            return Literals.areEqual(a.value(), b.value());
        }
        if (argument instanceof Argument.Constant a && other instanceof Argument.Constant b) {
            return a.shape().equals(b.shape()) && Literals.areEqual(a.data(), b.data());
        }
        return argument.equals(other);
    }
}
