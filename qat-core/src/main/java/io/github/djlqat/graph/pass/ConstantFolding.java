package io.github.djlqat.graph.pass;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphRunner;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Computes what depends on constants alone.
 *
 * <p>Parameters are no constants: they keep their names, and may be trained. One graph is taken for
 * the sizes that it was traced with, and what follows the batch size becomes a constant too. Of
 * traces at several sizes only that is folded which has the same literals and shapes in all of
 * them.
 */
public final class ConstantFolding implements GraphPass {

    private static final Set<DataType> TYPES =
            EnumSet.of(DataType.FLOAT32, DataType.INT32, DataType.INT64, DataType.BOOLEAN);

    private final NDManager manager;
    private final Predicate<Node> choice;

    /**
     * Folds all constants.
     *
     * @param manager a manager on the device to compute on; nothing stays attached to it
     */
    public ConstantFolding(NDManager manager) {
        this(manager, node -> true);
    }

    /**
     * Folds some constants.
     *
     * @param manager a manager on the device to compute on; nothing stays attached to it
     * @param choice tells of a node whose arguments are constants and literals whether it is folded
     */
    public ConstantFolding(NDManager manager, Predicate<Node> choice) {
        this.manager = manager;
        this.choice = choice;
    }

    /**
     * Returns the name of the constant that stands for a value.
     *
     * @param value a value that was folded
     * @return the name
     */
    public static String nameOf(Value value) {
        return "folded_" + value.id();
    }

    @Override
    public Graph apply(Graph graph) {
        return apply(List.of(graph)).get(0);
    }

    @Override
    public List<Graph> apply(List<Graph> traces) {
        Graph first = traces.get(0);
        Set<Integer> outputs = first.outputs().stream().map(Value::id).collect(Collectors.toSet());
        Map<Integer, Argument> folded = new HashMap<>();
        UnaryOperator<Argument> current =
                argument ->
                        argument instanceof Argument.ValueReference reference
                                ? folded.getOrDefault(reference.value().id(), argument)
                                : argument;
        List<List<Node>> kept =
                traces.stream().map(trace -> (List<Node>) new ArrayList<Node>()).toList();
        for (int i = 0; i < first.nodes().size(); i++) {
            int at = i;
            List<Node> nodes =
                    traces.stream()
                            .map(trace -> Arguments.map(trace.nodes().get(at), current))
                            .toList();
            Node node = nodes.get(0);
            if (isConstant(node)
                    && node.outputs().stream().map(Value::id).noneMatch(outputs::contains)
                    && nodes.stream().allMatch(other -> isSame(node, other))
                    && choice.test(node)) {
                fold(node, folded);
            } else {
                IntStream.range(0, nodes.size()).forEach(k -> kept.get(k).add(nodes.get(k)));
            }
        }
        return IntStream.range(0, traces.size())
                .mapToObj(
                        k ->
                                new Graph(
                                        traces.get(k).inputs(),
                                        kept.get(k),
                                        traces.get(k).outputs()))
                .toList();
    }

    private static boolean isConstant(Node node) {
        return CommonSubexpressions.isDeterministic(node)
                && node.outputs().stream().allMatch(value -> TYPES.contains(value.dataType()))
                && Arguments.flat(node)
                        .allMatch(
                                argument ->
                                        argument instanceof Argument.Constant
                                                || argument instanceof Argument.Literal);
    }

    /** Whether two nodes of the same op compute the same from constants and literals. */
    private static boolean isSame(Node node, Node other) {
        List<Argument> arguments = Arguments.flat(node).toList();
        List<Argument> others = Arguments.flat(other).toList();
        return node == other
                || arguments.size() == others.size()
                        && IntStream.range(0, node.outputs().size())
                                .allMatch(
                                        i ->
                                                node.outputs()
                                                        .get(i)
                                                        .shape()
                                                        .equals(other.outputs().get(i).shape()))
                        && IntStream.range(0, arguments.size())
                                .allMatch(i -> isSame(arguments.get(i), others.get(i)));
    }

    private static boolean isSame(Argument argument, Argument other) {
        if (argument instanceof Argument.Literal a && other instanceof Argument.Literal b) {
            return a.value() instanceof NDManager && b.value() instanceof NDManager
                    || Literals.areEqual(a.value(), b.value());
        }
        return argument instanceof Argument.Constant a
                && other instanceof Argument.Constant b
                && (a == b || a.shape().equals(b.shape()) && Literals.areEqual(a.data(), b.data()));
    }

    private void fold(Node node, Map<Integer, Argument> folded) {
        try (NDManager scope = manager.newSubManager()) {
            NDList results = GraphRunner.run(node, scope);
            for (int i = 0; i < results.size(); i++) {
                Value value = node.outputs().get(i);
                folded.put(
                        value.id(),
                        new Argument.Constant(nameOf(value), value.shape(), data(results.get(i))));
            }
        }
    }

    private static Object data(NDArray array) {
        return switch (array.getDataType()) {
            case INT32 -> array.toIntArray();
            case INT64 -> array.toLongArray();
            case BOOLEAN -> array.toBooleanArray();
            default -> array.toFloatArray();
        };
    }
}
