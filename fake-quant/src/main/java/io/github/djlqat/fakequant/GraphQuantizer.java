package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a traced program as its quantized form: what a {@link QuantizedBlock} computes, with
 * codes for weights.
 */
final class GraphQuantizer {

    private static final int INPUT = 1;
    private static final int BIAS = 3;

    private final QuantizedBlock block;
    private final Map<Value, Value> renamed = new HashMap<>();
    private final Map<String, Map<Value, Value>> quantized = new HashMap<>();
    private final Map<String, Argument.Quantized> weights = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<Node> nodes = new ArrayList<>();
    private int nextId;

    private GraphQuantizer(QuantizedBlock block) {
        this.block = block;
    }

    static Graph quantize(Graph graph, QuantizedBlock block) {
        return new GraphQuantizer(block).rewrite(graph);
    }

    private Graph rewrite(Graph graph) {
        nextId =
                1
                        + graph.nodes().stream()
                                .flatMap(n -> n.outputs().stream())
                                .mapToInt(Value::id)
                                .max()
                                .orElse(0);
        nextId = Math.max(nextId, 1 + graph.inputs().stream().mapToInt(Value::id).max().orElse(0));
        for (Node node : graph.nodes()) {
            SitePlan plan = block.plan().sites().get(node.site());
            if (plan != null && plan.foldedBatchNorm()) {
                Value input = ((Argument.ValueReference) node.arguments().get(INPUT)).value();
                renamed.put(node.outputs().get(0), current(input));
            } else {
                nodes.add(node.withArguments(arguments(node, plan)));
            }
        }
        return new Graph(
                graph.inputs(), nodes, graph.outputs().stream().map(this::current).toList());
    }

    private Value current(Value value) {
        return renamed.getOrDefault(value, value);
    }

    private List<Argument> arguments(Node node, @Nullable SitePlan plan) {
        List<Argument> arguments = new ArrayList<>();
        for (int i = 0; i < node.arguments().size(); i++) {
            arguments.add(argument(node.arguments().get(i), i, plan));
        }
        if (plan != null) {
            plan.formats()
                    .forEach(
                            (position, use) -> {
                                Argument given = arguments.get(position.index());
                                arguments.set(
                                        position.index(),
                                        given instanceof Argument.ValueReference reference
                                                ? new Argument.ValueReference(
                                                        rounded(
                                                                reference.value(),
                                                                use,
                                                                node.site()))
                                                : roundedWeight(given, use));
                            });
            plan.estimators()
                    .forEach(
                            (position, name) -> {
                                Argument given = arguments.get(position.index());
                                arguments.set(
                                        position.index(),
                                        given instanceof Argument.ValueReference reference
                                                ? new Argument.ValueReference(
                                                        estimated(
                                                                reference.value(),
                                                                name,
                                                                node.site()))
                                                : estimatedWeight(given, name));
                            });
            plan.weights()
                    .forEach(
                            (position, use) -> {
                                arguments.set(
                                        position.index(),
                                        weight(
                                                (Argument.ParameterReference)
                                                        node.arguments().get(position.index()),
                                                use));
                                if (Ops.repeatsReceiver(node.op())) {
                                    arguments.set(BIAS, bias(node, use.fold()));
                                }
                            });
        }
        return arguments;
    }

    private Argument roundedWeight(Argument argument, FormatUse use) {
        Argument.ParameterReference weight = (Argument.ParameterReference) argument;
        return new Argument.Constant(
                unique(weight.name()),
                weight.parameter().getShape(),
                block.quantizers().rounded(weight.parameter(), use),
                use.format());
    }

    private Argument estimatedWeight(Argument argument, String name) {
        Argument.ParameterReference weight = (Argument.ParameterReference) argument;
        return new Argument.Constant(
                unique(weight.name()),
                weight.parameter().getShape(),
                block.quantizers().estimated(weight.parameter(), name));
    }

    private Value estimated(Value value, String name, Site site) {
        EstimatorQuantize estimator = Objects.requireNonNull(block.estimators().get(name), name);
        return round(value, estimator.getRecipe(), site);
    }

    private Value rounded(Value value, FormatUse use, Site site) {
        return round(value, use.format(), site);
    }

    private Value round(Value value, Object how, Site site) {
        Value output = new Value(nextId++, value.shape(), value.dataType());
        nodes.add(
                new Node(
                        Node.ROUND,
                        new Site(site.name(), Node.ROUND),
                        List.of(new Argument.ValueReference(value), new Argument.Literal(how)),
                        List.of(output)));
        return output;
    }

    private Argument argument(Argument argument, int index, @Nullable SitePlan plan) {
        if (argument instanceof Argument.Sequence sequence) {
            List<Argument> elements = new ArrayList<>();
            for (int j = 0; j < sequence.elements().size(); j++) {
                elements.add(
                        tensor(sequence.elements().get(j), new ArgumentPosition(index, j), plan));
            }
            return new Argument.Sequence(elements);
        }
        return tensor(argument, new ArgumentPosition(index, -1), plan);
    }

    private Argument tensor(Argument argument, ArgumentPosition position, @Nullable SitePlan plan) {
        if (!(argument instanceof Argument.ValueReference reference)) {
            return argument;
        }
        Value value = current(reference.value());
        if (plan == null) {
            return new Argument.ValueReference(value);
        }
        String wider = plan.wider().get(position);
        if (wider != null) {
            value = quantized(wider, value);
        }
        String quantizer = plan.activations().get(position);
        return new Argument.ValueReference(quantizer == null ? value : quantized(quantizer, value));
    }

    private Value quantized(String name, Value value) {
        return quantized
                .computeIfAbsent(name, n -> new HashMap<>())
                .computeIfAbsent(
                        value,
                        v -> {
                            if (quantizer(name).isDynamic()) {
                                return round(
                                        v,
                                        quantizer(name).getRecipe().scheme(),
                                        new Site(name, Node.ROUND));
                            }
                            Value output = new Value(nextId++, v.shape(), v.dataType());
                            nodes.add(
                                    new Node(
                                            Node.FAKE_QUANTIZE,
                                            new Site(name, Node.FAKE_QUANTIZE),
                                            List.of(
                                                    new Argument.ValueReference(v),
                                                    new Argument.Literal(
                                                            quantizer(name)
                                                                    .getQuantizationParameters())),
                                            List.of(output)));
                            return output;
                        });
    }

    private FakeQuantize quantizer(String name) {
        return Objects.requireNonNull(block.getQuantizers().get(name), name);
    }

    private Argument.Quantized weight(Argument.ParameterReference reference, WeightUse use) {
        String key = use.quantizer() + "@" + (use.fold() == null ? "" : use.fold().site());
        return weights.computeIfAbsent(
                key,
                k ->
                        new Argument.Quantized(
                                unique(reference.name()),
                                WeightConverter.convert(
                                        reference.parameter(), use, quantizer(use.quantizer()))));
    }

    private String unique(String name) {
        String result = name;
        for (int i = 2; !names.add(result); i++) {
            result = name + "_" + i;
        }
        return result;
    }

    /** The bias as the accumulator takes it, or as it is where the runtime adds it as a float. */
    private Argument bias(Node node, @Nullable BatchNormFold fold) {
        Argument own = node.arguments().get(BIAS);
        SitePlan plan = block.plan().sites().get(fold == null ? node.site() : fold.site());
        LayerBias bias = plan == null ? null : plan.bias();
        float[] values;
        if (bias != null) {
            values = bias.rounded(block.getQuantizers());
        } else if (fold != null) {
            values =
                    fold.foldBias(
                            own instanceof Argument.ParameterReference reference
                                    ? reference.parameter().getArray().toFloatArray()
                                    : null);
        } else {
            return own;
        }
        String name =
                own instanceof Argument.ParameterReference reference
                        ? reference.name()
                        : node.site().name() + "_bias";
        return new Argument.Constant(unique(name), new Shape(values.length), values);
    }
}
