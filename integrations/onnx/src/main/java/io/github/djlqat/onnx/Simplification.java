package io.github.djlqat.onnx;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.pass.CommonSubexpressions;
import io.github.djlqat.graph.pass.ConstantFolding;
import io.github.djlqat.graph.pass.DeadCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is done to every program before it is written: what no output depends on is left out, what
 * is computed twice is computed once, and what depends on constants alone is computed here, unless
 * the file would grow by that.
 */
final class Simplification {

    /** Constants of no more bytes take less of a file than the node that makes them. */
    private static final int SMALL = 64;

    private static final String ENGINE = "PyTorch";

    /** Arrays are created with whatever was in memory, or with data that is a constant as it is. */
    private static final String CREATE = "create";

    private final Set<String> written;

    /**
     * Simplifies programs.
     *
     * @param written the ops with converters of the user's own, which are kept for them
     */
    Simplification(Set<String> written) {
        this.written = written;
    }

    /** Simplifies traces of one program in the same way. */
    List<Graph> apply(List<Graph> traces) {
        List<Graph> lean = new DeadCode().then(new CommonSubexpressions()).apply(traces);
        if (lean.get(0).nodes().stream().noneMatch(node -> isConstant(node) && mayBeFolded(node))) {
            return lean;
        }
        Map<String, Integer> uses = uses(lean.get(0));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), ENGINE)) {
            return new ConstantFolding(manager, node -> mayBeFolded(node) && isLean(node, uses))
                    .then(new DeadCode())
                    .apply(lean);
        }
    }

    private boolean mayBeFolded(Node node) {
        return !written.contains(node.op()) && !node.op().equals(CREATE);
    }

    private static boolean isConstant(Node node) {
        return tensors(node).noneMatch(Argument.ValueReference.class::isInstance)
                && tensors(node).noneMatch(Argument.ParameterReference.class::isInstance);
    }

    /** Whether the result is no larger than what it is computed from and nothing else reads. */
    private static boolean isLean(Node node, Map<String, Integer> uses) {
        long size =
                node.outputs().stream()
                        .mapToLong(value -> bytes(value.shape().size(), value.dataType()))
                        .sum();
        long replaced =
                tensors(node)
                        .filter(Argument.Constant.class::isInstance)
                        .map(Argument.Constant.class::cast)
                        .filter(constant -> uses.getOrDefault(constant.name(), 0) <= 1)
                        .mapToLong(
                                constant ->
                                        bytes(
                                                constant.shape().size(),
                                                ConstantTensor.typeOf(constant.data())))
                        .sum();
        return Ops.isCreator(node.op()) || size <= SMALL || size <= replaced;
    }

    private static long bytes(long elements, DataType type) {
        return elements * type.getNumOfBytes();
    }

    /** Counts how often constants are read, and values under the names that folding gives them. */
    private static Map<String, Integer> uses(Graph graph) {
        Map<String, Integer> uses = new HashMap<>();
        graph.nodes().stream()
                .flatMap(Simplification::tensors)
                .forEach(
                        argument -> {
                            if (argument instanceof Argument.Constant constant) {
                                uses.merge(constant.name(), 1, Integer::sum);
                            } else if (argument instanceof Argument.ValueReference reference) {
                                String name = ConstantFolding.nameOf(reference.value());
                                uses.merge(name, 1, Integer::sum);
                            }
                        });
        return uses;
    }

    private static Stream<Argument> tensors(Node node) {
        return node.arguments().stream().flatMap(Simplification::tensors);
    }

    private static Stream<Argument> tensors(Argument argument) {
        if (argument instanceof Argument.Sequence sequence) {
            return sequence.elements().stream().flatMap(Simplification::tensors);
        }
        return argument instanceof Argument.Literal ? Stream.empty() : Stream.of(argument);
    }
}
