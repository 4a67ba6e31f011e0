package io.github.djlqat.report.collect;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.report.data.GraphEdge;
import io.github.djlqat.report.data.GraphNode;
import io.github.djlqat.report.data.ModelGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A converted program as a graph whose quantizers are properties of its edges. */
final class GraphRecord {

    private final List<GraphNode> nodes = new ArrayList<>();
    private final Set<GraphEdge> edges = new LinkedHashSet<>();
    private final Map<Integer, Origin> origins = new HashMap<>();
    private @Nullable String module;

    /** Which node computes a value, and the format that it was rounded to since, if any. */
    private record Origin(String node, @Nullable String format) {}

    private GraphRecord() {}

    static ModelGraph of(Graph graph) {
        GraphRecord record = new GraphRecord();
        for (int i = 0; i < graph.inputs().size(); i++) {
            String name = graph.inputs().size() == 1 ? "input" : "input " + (i + 1);
            record.origins.put(
                    graph.inputs().get(i).id(),
                    new Origin(record.add(name, "input", null, null), null));
        }
        graph.nodes().forEach(record::add);
        for (int i = 0; i < graph.outputs().size(); i++) {
            String name = graph.outputs().size() == 1 ? "output" : "output " + (i + 1);
            record.connect(graph.outputs().get(i), record.add(name, "output", null, null));
        }
        return new ModelGraph(record.nodes, List.copyOf(record.edges));
    }

    private String add(
            String label, String op, @Nullable String inModule, @Nullable String weightFormat) {
        String id = "n" + nodes.size();
        nodes.add(new GraphNode(id, label, op, inModule, weightFormat));
        return id;
    }

    private void add(Node node) {
        if (isRounding(node)) {
            Argument rounded = node.arguments().get(0);
            if (rounded instanceof Argument.ValueReference reference) {
                Origin origin = origins.get(reference.value().id());
                Argument how = node.arguments().get(1);
                Object literal = how instanceof Argument.Literal known ? known.value() : null;
                if (origin != null) {
                    origins.put(
                            node.outputs().get(0).id(),
                            new Origin(origin.node(), TensorFormats.name(literal)));
                }
            }
            return;
        }
        String prefix = prefix(node);
        module = prefix == null ? module : prefix.isEmpty() ? null : prefix;
        String id = add(node.site().name(), node.op(), module, weightFormat(node.arguments()));
        List<Argument> arguments = node.arguments();
        // Neural network functions take their input again behind the receiver.
        connect(
                Ops.repeatsReceiver(node.op()) ? arguments.subList(1, arguments.size()) : arguments,
                id);
        node.outputs().forEach(value -> origins.put(value.id(), new Origin(id, null)));
    }

    static boolean isRounding(Node node) {
        return node.op().equals(Node.FAKE_QUANTIZE) || node.op().equals(Node.ROUND);
    }

    /**
     * Returns the name of a layer without its last part, or null for an operation without a
     * parameter, which belongs where the one before it does.
     */
    private static @Nullable String prefix(Node node) {
        for (Argument argument : node.arguments()) {
            String name = node.site().name();
            boolean own = !name.equals(node.op()) && !name.startsWith(node.op() + "#");
            boolean named =
                    argument instanceof Argument.ParameterReference
                            || argument instanceof Argument.Quantized
                            || argument instanceof Argument.Constant && own;
            if (named) {
                return name.substring(0, Math.max(name.lastIndexOf('_'), 0));
            }
        }
        return null;
    }

    private static @Nullable String weightFormat(List<Argument> arguments) {
        for (Argument argument : arguments) {
            if (argument instanceof Argument.Quantized weight) {
                return TensorFormats.name(weight.tensor().parameters());
            }
            if (argument instanceof Argument.Constant constant && constant.format() != null) {
                return TensorFormats.name((Object) constant.format());
            }
        }
        return null;
    }

    private void connect(List<Argument> arguments, String id) {
        for (Argument argument : arguments) {
            if (argument instanceof Argument.ValueReference reference) {
                connect(reference.value(), id);
            } else if (argument instanceof Argument.Sequence sequence) {
                connect(sequence.elements(), id);
            }
        }
    }

    private void connect(Value value, String id) {
        Origin origin = origins.get(value.id());
        if (origin != null) {
            edges.add(new GraphEdge(origin.node(), id, origin.format(), value.shape().toString()));
        }
    }
}
