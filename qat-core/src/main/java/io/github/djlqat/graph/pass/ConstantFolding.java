package io.github.djlqat.graph.pass;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphRunner;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Computes what depends on constants alone.
 *
 * <p>Parameters are no constants: they keep their names, and may be trained. The graph is taken for
 * the sizes that it was traced with: what follows the batch size becomes a constant too.
 */
public final class ConstantFolding implements GraphPass {

    private static final Set<DataType> TYPES =
            EnumSet.of(DataType.FLOAT32, DataType.INT32, DataType.INT64, DataType.BOOLEAN);

    private final NDManager manager;

    /**
     * Folds constants.
     *
     * @param manager a manager on the device to compute on; nothing stays attached to it
     */
    public ConstantFolding(NDManager manager) {
        this.manager = manager;
    }

    @Override
    public Graph apply(Graph graph) {
        Set<Integer> outputs = graph.outputs().stream().map(Value::id).collect(Collectors.toSet());
        Map<Integer, Argument> folded = new HashMap<>();
        List<Node> kept = new ArrayList<>();
        for (Node given : graph.nodes()) {
            Node node = Arguments.map(given, argument -> current(argument, folded));
            if (isConstant(node)
                    && node.outputs().stream().map(Value::id).noneMatch(outputs::contains)) {
                fold(node, folded);
            } else {
                kept.add(node);
            }
        }
        return new Graph(graph.inputs(), kept, graph.outputs());
    }

    private static Argument current(Argument argument, Map<Integer, Argument> folded) {
        return argument instanceof Argument.ValueReference reference
                ? folded.getOrDefault(reference.value().id(), argument)
                : argument;
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

    private void fold(Node node, Map<Integer, Argument> folded) {
        try (NDManager scope = manager.newSubManager()) {
            NDList results = GraphRunner.run(node, scope);
            for (int i = 0; i < results.size(); i++) {
                Value value = node.outputs().get(i);
                folded.put(
                        value.id(),
                        new Argument.Constant(
                                "folded_" + value.id(), value.shape(), data(results.get(i))));
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
