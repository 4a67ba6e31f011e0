package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operations that an integer runtime computes on codes, once all quantizers are placed.
 */
final class IntegerPlanner {

    private static final int BIAS = 3;

    private final Graph graph;
    private final GraphIndex index;
    private final Map<Site, Map<ArgumentPosition, String>> activations;
    private final Map<Site, Map<ArgumentPosition, String>> wider;
    private final Map<String, QuantizerPlan> quantizers;
    private final Map<Site, LayerBias> biases = new HashMap<>();
    private final Map<Site, IntegerOperation> operations = new HashMap<>();

    private IntegerPlanner(
            Graph graph,
            GraphIndex index,
            Map<Site, Map<ArgumentPosition, String>> activations,
            Map<Site, Map<ArgumentPosition, String>> wider,
            Map<String, QuantizerPlan> quantizers) {
        this.graph = graph;
        this.index = index;
        this.activations = activations;
        this.wider = wider;
        this.quantizers = quantizers;
    }

    /**
     * What was found.
     *
     * @param biases the rounded bias of each layer, at the layer or at the BatchNorm folded into it
     * @param operations the operations by site
     */
    record Result(Map<Site, LayerBias> biases, Map<Site, IntegerOperation> operations) {

        /** Where arithmetic is not that of an integer runtime. */
        static final Result NONE = new Result(Map.of(), Map.of());
    }

    /**
     * Plans.
     *
     * @param activations the quantizer of each activation argument
     * @param wider the quantizer that an activation argument passes before
     * @param layers the layers with quantized weight and input
     * @param weights the weight of each of them
     */
    static Result plan(
            Graph graph,
            GraphIndex index,
            Map<Site, Map<ArgumentPosition, String>> activations,
            Map<Site, Map<ArgumentPosition, String>> wider,
            Map<WeightedLayer, WeightUse> layers,
            Map<String, QuantizerPlan> quantizers) {
        IntegerPlanner planner = new IntegerPlanner(graph, index, activations, wider, quantizers);
        layers.forEach(
                (layer, use) -> {
                    QuantizerPlan weight = quantizers.get(use.quantizer());
                    if (weight != null && accumulates(layer, weight.recipe().scheme())) {
                        planner.addLayer(layer, use);
                    }
                });
        planner.addUnweighted();
        return new Result(planner.biases, planner.operations);
    }

    /** One unit of the accumulator needs one scale for all products that are summed into it. */
    private static boolean accumulates(WeightedLayer layer, QuantizationScheme scheme) {
        Granularity granularity = scheme.granularity();
        boolean oneUnit =
                granularity instanceof Granularity.PerTensor
                        || granularity instanceof Granularity.PerChannel channel
                                && channel.axis() == 0;
        boolean vectors =
                GraphIndex.value(new Use(layer.node(), layer.input())).shape().dimension() == 2;
        return oneUnit
                && layer.outputAxis() == 0
                && layer.weightNode() == layer.node()
                && (layer.node().op().equals("convolution")
                        || layer.node().op().equals("linear") && vectors);
    }

    private void addLayer(WeightedLayer layer, WeightUse use) {
        Node node = layer.node();
        String input = quantizerBehind(new Use(node, layer.input()));
        Argument own = node.arguments().get(BIAS);
        boolean none = own instanceof Argument.Literal literal && literal.value() == null;
        Parameter parameter =
                own instanceof Argument.ParameterReference reference ? reference.parameter() : null;
        if (input == null || !none && parameter == null) {
            return;
        }
        LayerBias bias = new LayerBias(use, layer.parameter(), parameter, input);
        Value result = node.outputs().get(0);
        if (use.fold() != null) {
            result = index.uses(result).get(0).node().outputs().get(0);
        }
        String output = quantizerAhead(result);
        if (!hasKernels(input) || output != null && !hasKernels(output)) {
            return;
        }
        if (use.fold() != null) {
            biases.put(use.fold().site(), bias);
        } else if (bias.exists()) {
            biases.put(node.site(), bias);
        }
        operations.put(node.site(), new IntegerOperation.Layer(bias, output));
    }

    private void addUnweighted() {
        for (Node node : graph.nodes()) {
            List<Use> inputs = GraphIndex.inputs(node);
            String output =
                    node.outputs().size() == 1 ? quantizerAhead(node.outputs().get(0)) : null;
            if (output == null || !hasKernels(output)) {
                continue;
            }
            if (node.op().equals("add") && inputs.size() == 2) {
                String left = quantizerBehind(inputs.get(0));
                String right = quantizerBehind(inputs.get(1));
                if (left != null && right != null && hasKernels(left) && hasKernels(right)) {
                    operations.put(node.site(), new IntegerOperation.Addition(left, right, output));
                }
            } else if (node.op().equals("globalAvgPool")) {
                String input = quantizerBehind(inputs.get(0));
                if (input != null && hasKernels(input)) {
                    operations.put(node.site(), new IntegerOperation.GlobalAverage(input, output));
                }
            }
        }
    }

    /** Whether integer kernels take the codes of a quantizer: those of up to 8 bits. */
    private boolean hasKernels(String quantizer) {
        return Objects.requireNonNull(quantizers.get(quantizer), quantizer)
                .recipe()
                .scheme()
                .format()
                .fitsByte();
    }

    /** The quantizer of an argument, at the argument itself or further up. */
    private @Nullable String quantizerBehind(Use use) {
        String name = quantizerAt(use);
        Node producer = index.producer(GraphIndex.value(use));
        if (name != null || producer == null || !Ops.isValuePreserving(producer.op())) {
            return name;
        }
        List<Use> sources = GraphIndex.inputs(producer);
        return sources.isEmpty() ? null : quantizerBehind(sources.get(0));
    }

    /**
     * The one quantizer that every use of a value goes through, at the use itself or behind
     * operations that keep or cut off values, with which rounding commutes.
     */
    private @Nullable String quantizerAhead(Value value) {
        if (index.isOutput(value) || index.uses(value).isEmpty()) {
            return null;
        }
        String found = null;
        for (Use use : index.uses(value)) {
            Node node = use.node();
            String first = wider.getOrDefault(node.site(), Map.of()).get(use.position());
            String name = first == null ? quantizerAt(use) : first;
            if (name == null && (Ops.isValuePreserving(node.op()) || cutsOff(node))) {
                name = quantizerAhead(node.outputs().get(0));
            }
            if (name == null || found != null && !found.equals(name)) {
                return null;
            }
            found = name;
        }
        return found;
    }

    private static boolean cutsOff(Node node) {
        return Ops.isRectifier(node.op())
                || (node.op().equals("minimum") || node.op().equals("maximum"))
                        && node.arguments().get(1) instanceof Argument.Literal literal
                        && literal.value() instanceof Number;
    }

    private @Nullable String quantizerAt(Use use) {
        return activations.getOrDefault(use.node().site(), Map.of()).get(use.position());
    }
}
