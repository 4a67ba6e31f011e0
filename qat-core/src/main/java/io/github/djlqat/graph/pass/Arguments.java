package io.github.djlqat.graph.pass;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The arguments of nodes, those within sequences too. */
final class Arguments {

    private Arguments() {}

    static Stream<Argument> flat(Node node) {
        return node.arguments().stream().flatMap(Arguments::flat);
    }

    private static Stream<Argument> flat(Argument argument) {
        return argument instanceof Argument.Sequence sequence
                ? sequence.elements().stream().flatMap(Arguments::flat)
                : Stream.of(argument);
    }

    /** Replaces the tensors of a node. */
    static Node map(Node node, UnaryOperator<Argument> change) {
        return node.withArguments(
                node.arguments().stream().map(argument -> map(argument, change)).toList());
    }

    private static Argument map(Argument argument, UnaryOperator<Argument> change) {
        return argument instanceof Argument.Sequence sequence
                ? new Argument.Sequence(
                        sequence.elements().stream().map(each -> map(each, change)).toList())
                : change.apply(argument);
    }

    /** Counts the nodes that use each value, and the graph's outputs as one more. */
    static Map<Integer, Integer> uses(Graph graph) {
        Map<Integer, Integer> uses = new HashMap<>();
        for (Node node : graph.nodes()) {
            Set<Integer> read = new HashSet<>(values(node));
            read.forEach(id -> uses.merge(id, 1, Integer::sum));
        }
        graph.outputs().forEach(value -> uses.merge(value.id(), 1, Integer::sum));
        return uses;
    }

    static List<Integer> values(Node node) {
        return flat(node)
                .filter(Argument.ValueReference.class::isInstance)
                .map(argument -> ((Argument.ValueReference) argument).value().id())
                .toList();
    }
}
