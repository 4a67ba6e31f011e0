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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Computes once what is computed several times from the same arguments. Of traces at several sizes
 * it takes only what is the same in each.
 */
public final class CommonSubexpressions implements GraphPass {

    @Override
    public Graph apply(Graph graph) {
        return apply(List.of(graph)).get(0);
    }

    @Override
    public List<Graph> apply(List<Graph> traces) {
        List<Rewrite> rewrites = traces.stream().map(Rewrite::new).toList();
        Map<String, List<Integer>> known = new HashMap<>();
        for (int i = 0; i < traces.get(0).nodes().size(); i++) {
            int at = i;
            rewrites.forEach(rewrite -> rewrite.take(at));
            Node node = rewrites.get(0).node(at);
            List<Integer> candidates = known.computeIfAbsent(node.op(), op -> new ArrayList<>());
            Optional<Integer> twin =
                    isDeterministic(node)
                            ? candidates.stream()
                                    .filter(
                                            other ->
                                                    rewrites.stream()
                                                            .allMatch(r -> r.isSame(at, other)))
                                    .findFirst()
                            : Optional.empty();
            if (twin.isPresent()) {
                rewrites.forEach(rewrite -> rewrite.replace(at, twin.get()));
            } else {
                candidates.add(at);
            }
        }
        return rewrites.stream().map(Rewrite::graph).toList();
    }

    /** A manager's method that makes no known array makes random numbers. */
    static boolean isDeterministic(Node node) {
        return Ops.isCreator(node.op())
                || Arguments.flat(node)
                        .anyMatch(argument -> !(argument instanceof Argument.Literal));
    }

    /** One of the traces, as far as it was rewritten. */
    private static final class Rewrite {
        private final Graph graph;
        private final Map<Integer, Value> replaced = new HashMap<>();
        private final Map<Integer, Node> kept = new HashMap<>();

        Rewrite(Graph graph) {
            this.graph = graph;
        }

        void take(int i) {
            kept.put(i, Arguments.map(graph.nodes().get(i), this::current));
        }

        private Argument current(Argument argument) {
            return argument instanceof Argument.ValueReference reference
                            && replaced.containsKey(reference.value().id())
                    ? new Argument.ValueReference(replaced.get(reference.value().id()))
                    : argument;
        }

        Node node(int i) {
            return Objects.requireNonNull(kept.get(i));
        }

        boolean isSame(int i, int other) {
            return CommonSubexpressions.isSame(node(i), node(other));
        }

        void replace(int i, int twin) {
            Node node = Objects.requireNonNull(kept.remove(i));
            for (int j = 0; j < node.outputs().size(); j++) {
                replaced.put(node.outputs().get(j).id(), node(twin).outputs().get(j));
            }
        }

        Graph graph() {
            return new Graph(
                    graph.inputs(),
                    IntStream.range(0, graph.nodes().size())
                            .filter(kept::containsKey)
                            .mapToObj(this::node)
                            .toList(),
                    graph.outputs().stream()
                            .map(value -> replaced.getOrDefault(value.id(), value))
                            .toList());
        }
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
