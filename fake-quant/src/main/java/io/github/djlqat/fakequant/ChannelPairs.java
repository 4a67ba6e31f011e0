package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the pairs of layers in a graph between which channels can be scaled. */
final class ChannelPairs {

    /** Operations that, applied to a scaled channel, give the scaled result. */
    private static final Set<String> HOMOGENEOUS =
            Set.of(
                    "relu",
                    "leakyRelu",
                    "dropout",
                    "maxPool",
                    "avgPool",
                    "globalMaxPool",
                    "globalAvgPool");

    private static final Set<String> RESHAPES = Set.of("reshape", "flatten", "squeeze");
    private static final Set<String> POOLS =
            Set.of("maxPool", "avgPool", "globalMaxPool", "globalAvgPool");

    private final GraphIndex index;
    private final Map<Parameter, Integer> uses = new IdentityHashMap<>();

    private ChannelPairs(Graph graph) {
        index = new GraphIndex(graph);
        for (Node node : graph.nodes()) {
            for (Argument argument : node.arguments()) {
                if (argument instanceof Argument.ParameterReference reference) {
                    uses.merge(reference.parameter(), 1, Integer::sum);
                }
            }
        }
    }

    static List<ChannelPair> find(Graph graph) {
        ChannelPairs pairs = new ChannelPairs(graph);
        List<ChannelPair> found = new ArrayList<>();
        graph.nodes().forEach(node -> pairs.from(node).ifPresent(found::add));
        return found;
    }

    private Optional<ChannelPair> from(Node layer) {
        if (!isLayer(layer) || !isOwnOrNull(layer, 3)) {
            return Optional.empty();
        }
        Value output = layer.outputs().get(0);
        int axis = layer.op().equals("linear") ? output.shape().dimension() - 1 : 1;
        BatchNormFold fold = null;
        Node next = only(output);
        if (next != null && next.op().equals("batchNorm")) {
            fold = fold(next, axis);
            if (fold == null) {
                return Optional.empty();
            }
            next = only(next.outputs().get(0));
        }
        while (next != null && keepsChannels(next, axis)) {
            next = only(next.outputs().get(0));
        }
        return next != null && isLayer(next) && takes(next, axis, parameter(layer, 2))
                ? Optional.of(pair(layer, fold, next))
                : Optional.empty();
    }

    private static ChannelPair pair(Node layer, @Nullable BatchNormFold fold, Node next) {
        int groups =
                next.op().equals("convolution")
                                && next.arguments().get(next.arguments().size() - 1)
                                        instanceof Argument.Literal literal
                                && literal.value() instanceof Number number
                        ? number.intValue()
                        : 1;
        return new ChannelPair(
                new EqualizedLayers(layer.site().name(), next.site().name()),
                Objects.requireNonNull(parameter(layer, 2)),
                parameter(layer, 3),
                fold,
                Objects.requireNonNull(parameter(next, 2)),
                groups);
    }

    private boolean isLayer(Node node) {
        return (node.op().equals("convolution") || node.op().equals("linear"))
                && parameter(node, 2) != null
                && isOwnOrNull(node, 2);
    }

    /** Whether the input of a layer holds the other layer's channels and nothing else. */
    private static boolean takes(Node next, int axis, @Nullable Parameter weight) {
        Value input = GraphIndex.value(GraphIndex.inputs(next).get(0));
        int taken = next.op().equals("linear") ? input.shape().dimension() - 1 : 1;
        return taken == axis
                && GraphIndex.inputs(next).size() == 1
                && weight != null
                && input.shape().get(axis) == weight.getShape().get(0);
    }

    private static boolean keepsChannels(Node node, int axis) {
        Shape output = node.outputs().get(0).shape();
        if (HOMOGENEOUS.contains(node.op())) {
            return axis == 1 || !POOLS.contains(node.op());
        }
        if (!RESHAPES.contains(node.op())
                || !(node.arguments().get(0) instanceof Argument.ValueReference reference)) {
            return false;
        }
        Shape input = reference.value().shape();
        return axis == 1
                && output.dimension() == 2
                && output.get(0) == input.get(0)
                && output.get(1) == input.get(1);
    }

    private @Nullable BatchNormFold fold(Node norm, int axis) {
        Parameter gamma = parameter(norm, 4);
        boolean usable =
                gamma != null
                        && parameter(norm, 2) != null
                        && parameter(norm, 3) != null
                        && isOwnOrNull(norm, 4)
                        && isOwnOrNull(norm, 5)
                        && literal(norm, 6).intValue() == axis;
        return usable
                ? new BatchNormFold(
                        norm.site(),
                        gamma,
                        parameter(norm, 5),
                        Objects.requireNonNull(parameter(norm, 2)),
                        Objects.requireNonNull(parameter(norm, 3)),
                        literal(norm, 8).floatValue())
                : null;
    }

    private @Nullable Node only(Value value) {
        List<GraphIndex.Use> readers = index.uses(value);
        return readers.size() == 1 && !index.isOutput(value) ? readers.get(0).node() : null;
    }

    /** Whether an argument is null, or a parameter that nothing else uses. */
    private boolean isOwnOrNull(Node node, int position) {
        Argument argument = node.arguments().get(position);
        return argument instanceof Argument.ParameterReference reference
                ? uses.getOrDefault(reference.parameter(), 0) == 1
                : argument instanceof Argument.Literal literal && literal.value() == null;
    }

    private static Number literal(Node node, int position) {
        return (Number)
                Objects.requireNonNull(((Argument.Literal) node.arguments().get(position)).value());
    }

    private static @Nullable Parameter parameter(Node node, int position) {
        return node.arguments().get(position) instanceof Argument.ParameterReference reference
                ? reference.parameter()
                : null;
    }
}
