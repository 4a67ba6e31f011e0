package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeResolver;
import io.github.djlqat.recipe.ResolvedLayer;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides from a recipe and a graph where a model is quantized.
 *
 * <p>Each quantized layer demands its input in its format; additions, concatenations and average
 * pooling demand theirs in the recipe's elementwise format. A demand moves up through operations
 * that preserve values, such as max pooling and reshaping, so that a runtime performs them on
 * codes. Demands of one format on one value share one quantizer.
 */
final class PlanBuilder {

    private record Demand(Value value, TensorRecipe recipe) {}

    private final Recipe recipe;
    private final Graph graph;
    private final GraphIndex index;
    private final Map<Demand, String> shared = new HashMap<>();
    private final Map<String, QuantizerPlan> quantizers = new LinkedHashMap<>();
    private final Map<Site, Map<ArgumentPosition, String>> activations = new HashMap<>();
    private final Map<Site, Map<ArgumentPosition, WeightUse>> weights = new HashMap<>();
    private final Map<String, String> united = new HashMap<>();
    private final Set<Site> foldedBatchNorms = new HashSet<>();
    private final List<WeightedLayer> integerLayers = new ArrayList<>();
    private final Set<Site> absorbedRectifiers = new HashSet<>();
    private final List<WeightedLayer> layers = new ArrayList<>();
    private final Map<WeightedLayer, String> inputs = new HashMap<>();
    private final FormatPlanner formats = new FormatPlanner();
    private final EstimatorPlanner estimators = new EstimatorPlanner();

    private PlanBuilder(Recipe recipe, Graph graph) {
        this.recipe = recipe;
        this.graph = graph;
        this.index = new GraphIndex(graph);
    }

    static QuantizationPlan build(Recipe recipe, Graph graph) {
        return new PlanBuilder(recipe, graph).build();
    }

    private QuantizationPlan build() {
        List<WeightedLayer> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            WeightedLayer layer = WeightedLayer.of(node, index);
            if (layer != null) {
                found.add(layer);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "The model has no layer to quantize. Its operations are "
                            + graph.nodes().stream().map(Node::op).distinct().toList()
                            + "; quantized are convolution, deconvolution, linear, and matMul, dot or batchDot with a parameter.");
        }
        RecipeResolver resolver = new RecipeResolver(recipe);
        for (int i = 0; i < found.size(); i++) {
            WeightedLayer layer = found.get(i);
            addLayer(
                    layer,
                    resolver.resolve(layer.name(), op(layer), i == 0, i == found.size() - 1));
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + recipe.name()
                            + "\" matches none of the model's layers: "
                            + found.stream().map(WeightedLayer::name).toList()
                            + ".");
        }
        addElementwise(resolver);
        joinForks();
        absorbRectifiers();
        Map<Site, Map<ArgumentPosition, String>> wider =
                WiderQuantizers.find(graph, index, activations, quantizers);
        boolean runtime =
                quantizers.values().stream()
                        .allMatch(plan -> IntegerArithmetic.follows(plan.recipe().scheme()));
        IntegerPlanner.Result integer =
                runtime
                        ? IntegerPlanner.plan(
                                graph, index, activations, wider, integerLayers(), quantizers)
                        : IntegerPlanner.Result.NONE;
        Map<Site, SitePlan> sites = sites(wider, integer);
        return new QuantizationPlan(
                sites,
                List.copyOf(quantizers.values()),
                estimators.plans(),
                layers.stream().map(this::layerPlan).toList(),
                Dataflow.of(graph, sites));
    }

    private LayerPlan layerPlan(WeightedLayer layer) {
        String input = inputs.get(layer);
        return new LayerPlan(
                new QuantizedLayer(
                        layer.name(),
                        op(layer),
                        layer.parameterName(),
                        layer.parameter().getShape(),
                        layer.outputAxis(),
                        GraphIndex.value(new Use(layer.node(), layer.input())).shape(),
                        layer.node().outputs().get(0).shape(),
                        layer.node().site(),
                        layer.input().index(),
                        layer.weightNode().site(),
                        layer.weight().index()),
                layer.input(),
                input == null ? null : current(input),
                layer.weight());
    }

    static String op(WeightedLayer layer) {
        return switch (layer.node().op()) {
            case "dot", "batchMatMul" -> "matMul";
            default -> layer.node().op();
        };
    }

    private void addLayer(WeightedLayer layer, ResolvedLayer resolved) {
        if (resolved.isFloatingPoint()) {
            return;
        }
        layers.add(layer);
        if (resolved.weights() instanceof TensorRecipe weights) {
            addWeight(layer, weights);
        } else if (resolved.weights() instanceof FormatRecipe weights) {
            formats.addWeight(layer, weights);
        } else if (resolved.weights() instanceof EstimatorRecipe weights) {
            estimators.addWeight(layer, weights);
        }
        if (resolved.activations() instanceof TensorRecipe inputs) {
            if (isByToken(inputs)) {
                Tokens.require(layer, inputs.scheme().toString());
            }
            String name = demand(new Use(layer.node(), layer.input()), inputs);
            if (name != null) {
                this.inputs.put(layer, name);
            }
        } else if (resolved.activations() instanceof FormatRecipe inputs) {
            formats.addInput(layer, inputs);
        } else if (resolved.activations() instanceof EstimatorRecipe inputs) {
            estimators.addInput(layer, inputs);
        }
        if (resolved.weights() instanceof TensorRecipe
                && resolved.activations() instanceof TensorRecipe) {
            integerLayers.add(layer);
        }
    }

    private void addWeight(WeightedLayer layer, TensorRecipe given) {
        TensorRecipe own =
                given.withGranularity(
                        WeightShape.onAxis(given.scheme().granularity(), layer.outputAxis()));
        WeightShape.check(layer, own.scheme().granularity());
        String name = layer.parameterName();
        QuantizerPlan known = quantizers.get(name);
        if (known == null) {
            quantizers.put(
                    name,
                    new QuantizerPlan(
                            name, own, layer.parameter().getShape(), layer.parameter(), false));
        } else if (!known.recipe().equals(own)) {
            throw new IllegalArgumentException(
                    "The weight "
                            + name
                            + " is shared by layers that the recipe \""
                            + recipe.name()
                            + "\" gives different formats: "
                            + known.recipe().scheme()
                            + " and "
                            + own.scheme()
                            + ".");
        }
        BatchNormFold fold = recipe.training().foldBatchNorm() ? foldedBatchNorm(layer) : null;
        if (fold != null) {
            foldedBatchNorms.add(fold.site());
        }
        weights.computeIfAbsent(layer.weightNode().site(), s -> new HashMap<>())
                .put(layer.weight(), new WeightUse(name, layer.outputAxis(), fold));
    }

    private @Nullable BatchNormFold foldedBatchNorm(WeightedLayer layer) {
        Value output = layer.node().outputs().get(0);
        List<Use> uses = index.uses(output);
        if (layer.weightNode() != layer.node() || uses.size() != 1 || index.isOutput(output)) {
            return null;
        }
        Node next = uses.get(0).node();
        if (!next.op().equals("batchNorm")
                || !(next.arguments().get(6) instanceof Argument.Literal axis)) {
            return null;
        }
        if (!countsChannels(axis, layer)
                || !isParameterOrNone(next.arguments().get(4))
                || !isParameterOrNone(next.arguments().get(5))
                || !(next.arguments().get(2) instanceof Argument.ParameterReference mean)
                || !(next.arguments().get(3) instanceof Argument.ParameterReference variance)
                || !(next.arguments().get(8) instanceof Argument.Literal epsilon)
                || !(epsilon.value() instanceof Float eps)) {
            return null;
        }
        if (variance.parameter().getShape().size()
                != layer.parameter().getShape().get(layer.outputAxis())) {
            return null;
        }
        return new BatchNormFold(
                next.site(),
                parameter(next.arguments().get(4)),
                parameter(next.arguments().get(5)),
                mean.parameter(),
                variance.parameter(),
                eps);
    }

    /**
     * Folding needs a bias to move the shift into, and a BatchNorm over the layer's own output
     * channels.
     */
    private static boolean countsChannels(Argument.Literal axis, WeightedLayer layer) {
        Node node = layer.node();
        int channelAxis =
                switch (node.op()) {
                    case "convolution", "deconvolution" -> 1;
                    case "linear" -> node.outputs().get(0).shape().dimension() - 1;
                    default -> -1;
                };
        return channelAxis == 1
                && Integer.valueOf(1).equals(axis.value())
                && isParameterOrNone(node.arguments().get(3));
    }

    private static boolean isParameterOrNone(Argument argument) {
        return argument instanceof Argument.ParameterReference
                || argument instanceof Argument.Literal literal && literal.value() == null;
    }

    private static ai.djl.nn.@Nullable Parameter parameter(Argument argument) {
        return argument instanceof Argument.ParameterReference reference
                ? reference.parameter()
                : null;
    }

    private void addElementwise(RecipeResolver resolver) {
        for (Node node : graph.nodes()) {
            if (!Ops.isElementwise(node.op()) || !isBetweenQuantized(node)) {
                continue;
            }
            TensorRecipe elementwise =
                    resolver.resolveElementwise(node.site().name(), pureOp(node.op()));
            if (elementwise == null) {
                continue;
            }
            String name = null;
            for (Use use : GraphIndex.inputs(node)) {
                String given = demand(use, elementwise);
                if (Ops.isValuePreserving(node.op())) {
                    name = unite(name, given);
                }
            }
        }
    }

    /**
     * Has a BatchNorm that is not folded read the codes that others read of its input, as in
     * DenseNet. Were it to read the values before they are rounded, what computes them could not
     * stay in integers.
     */
    private void joinForks() {
        if (recipe.elementwise() == null) {
            return;
        }
        for (Node node : graph.nodes()) {
            if (!node.op().equals("batchNorm") || foldedBatchNorms.contains(node.site())) {
                continue;
            }
            Use input = GraphIndex.inputs(node).get(0);
            index.uses(GraphIndex.value(input)).stream()
                    .map(this::quantizerAt)
                    .filter(name -> name != null && !isByToken(plan(name).recipe()))
                    .findFirst()
                    .ifPresent(
                            name ->
                                    activations
                                            .computeIfAbsent(node.site(), s -> new HashMap<>())
                                            .putIfAbsent(input.position(), name));
        }
    }

    static String pureOp(String op) {
        return switch (op) {
            case "addi" -> "add";
            case "muli" -> "mul";
            default -> op;
        };
    }

    /** An operation stays in integers only with all its tensors computed, and of one float type. */
    static boolean isBetweenQuantized(Node node) {
        boolean binary =
                switch (node.op()) {
                    case "add", "addi", "mul", "muli" -> true;
                    default -> false;
                };
        List<Use> inputs = GraphIndex.inputs(node);
        return (!binary || inputs.size() == 2)
                && inputs.stream()
                        .allMatch(use -> GraphIndex.value(use).dataType() == DataType.FLOAT32);
    }

    /**
     * Has an argument quantized, at the argument itself or further up.
     *
     * @return the name of the quantizer, or null where none is needed
     */
    private @Nullable String demand(Use use, TensorRecipe format) {
        Value value = GraphIndex.value(use);
        Node producer = index.producer(value);
        if (producer != null && Ops.isCreator(producer.op())) {
            return null;
        }
        if (producer != null
                && Ops.isValuePreserving(producer.op())
                && !isByToken(format)
                && canMoveUp(producer, format)) {
            String name = null;
            for (Use source : GraphIndex.inputs(producer)) {
                name = unite(name, demand(source, format));
            }
            return name;
        }
        String known = quantizerAt(use);
        if (known != null) {
            return known;
        }
        String name = shared.computeIfAbsent(new Demand(value, format), d -> define(d, producer));
        activations
                .computeIfAbsent(use.node().site(), s -> new HashMap<>())
                .put(use.position(), name);
        return name;
    }

    private static boolean isByToken(TensorRecipe recipe) {
        return recipe.scheme().granularity() instanceof Granularity.PerToken;
    }

    /** Nothing else may have asked for another format of the operation's inputs. */
    private boolean canMoveUp(Node node, TensorRecipe format) {
        List<Use> inputs = GraphIndex.inputs(node);
        if (inputs.isEmpty()) {
            return false;
        }
        for (Use input : inputs) {
            String given = quantizerAt(input);
            if (given != null && !plan(given).recipe().equals(format)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String quantizerAt(Use use) {
        return activations.getOrDefault(use.node().site(), Map.of()).get(use.position());
    }

    private QuantizerPlan plan(String name) {
        QuantizerPlan plan = quantizers.get(name);
        if (plan == null) {
            throw new IllegalStateException("No quantizer is named " + name + ".");
        }
        return plan;
    }

    /** Joined arrays share one scale, so that joining them changes no code. */
    private @Nullable String unite(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        String kept = current(one);
        String dropped = current(other);
        if (kept.equals(dropped) || !plan(kept).recipe().equals(plan(dropped).recipe())) {
            return kept;
        }
        for (Map<ArgumentPosition, String> positions : activations.values()) {
            positions.replaceAll((position, name) -> name.equals(dropped) ? kept : name);
        }
        shared.replaceAll((demand, name) -> name.equals(dropped) ? kept : name);
        quantizers.remove(dropped);
        united.put(dropped, kept);
        return kept;
    }

    private String current(String name) {
        String result = name;
        for (String next = united.get(result); next != null; next = united.get(result)) {
            result = next;
        }
        return result;
    }

    private String define(Demand demand, @Nullable Node producer) {
        String base =
                producer == null
                        ? "input" + graph.inputs().indexOf(demand.value())
                        : producer.site().name();
        String op =
                producer == null
                                || base.equals(producer.op())
                                || base.startsWith(producer.op() + "#")
                        ? ""
                        : "_" + producer.op();
        String name = base + op;
        if (isTaken(name)) {
            name = name + "_" + demand.recipe().scheme().format().formatName();
        }
        String unique = name;
        for (int i = 2; isTaken(unique); i++) {
            unique = name + "_" + i;
        }
        quantizers.put(
                unique,
                new QuantizerPlan(unique, demand.recipe(), demand.value().shape(), null, false));
        return unique;
    }

    private boolean isTaken(String name) {
        return quantizers.containsKey(name) || united.containsKey(name);
    }

    /**
     * A range that begins at zero cuts off what relu cuts off, with the same gradient, so that one
     * pass over the values does for both.
     */
    private void absorbRectifiers() {
        for (Node node : graph.nodes()) {
            if (!node.op().equals("relu")) {
                continue;
            }
            Value output = node.outputs().get(0);
            Set<String> behind = new HashSet<>();
            boolean absorbed =
                    !index.isOutput(output)
                            && !index.uses(output).isEmpty()
                            && !changesInPlace(output)
                            && GraphIndex.inputs(node).stream()
                                    .noneMatch(use -> changesInPlace(GraphIndex.value(use)));
            for (Use use : index.uses(output)) {
                String name = quantizerAt(use);
                absorbed &= name != null && beginsAtZero(plan(name)) && serves(name, output);
                if (name != null) {
                    behind.add(name);
                }
            }
            if (absorbed) {
                absorbedRectifiers.add(node.site());
                behind.forEach(
                        name -> quantizers.computeIfPresent(name, (n, plan) -> plan.rectifying()));
            }
        }
    }

    /** Without the rectifier, its input and its output are one array, which must not change. */
    private boolean changesInPlace(Value value) {
        return index.uses(value).stream()
                .anyMatch(use -> use.position().index() == 0 && use.node().op().endsWith("i"));
    }

    private static boolean beginsAtZero(QuantizerPlan plan) {
        QuantizationScheme scheme = plan.recipe().scheme();
        return !isByToken(plan.recipe())
                && (scheme.symmetry() == Symmetry.AFFINE || scheme.isOneSided());
    }

    /** Whether a quantizer quantizes one value only. */
    private boolean serves(String name, Value only) {
        return graph.nodes().stream()
                .flatMap(node -> GraphIndex.inputs(node).stream())
                .filter(use -> name.equals(quantizerAt(use)))
                .allMatch(use -> GraphIndex.value(use).equals(only));
    }

    private Map<WeightedLayer, WeightUse> integerLayers() {
        Map<WeightedLayer, WeightUse> uses = new LinkedHashMap<>();
        for (WeightedLayer layer : integerLayers) {
            WeightUse use =
                    weights.getOrDefault(layer.weightNode().site(), Map.of()).get(layer.weight());
            if (use != null) {
                uses.put(layer, use);
            }
        }
        return uses;
    }

    private Map<Site, SitePlan> sites(
            Map<Site, Map<ArgumentPosition, String>> wider, IntegerPlanner.Result integer) {
        Set<Site> all = new HashSet<>(activations.keySet());
        all.addAll(weights.keySet());
        all.addAll(foldedBatchNorms);
        all.addAll(absorbedRectifiers);
        all.addAll(formats.sites());
        all.addAll(estimators.sites());
        all.addAll(integer.biases().keySet());
        all.addAll(integer.operations().keySet());
        Map<Site, SitePlan> sites = new HashMap<>();
        for (Site site : all) {
            sites.put(
                    site,
                    new SitePlan(
                            activations.getOrDefault(site, Map.of()),
                            wider.getOrDefault(site, Map.of()),
                            weights.getOrDefault(site, Map.of()),
                            formats.at(site),
                            estimators.at(site),
                            foldedBatchNorms.contains(site),
                            absorbedRectifiers.contains(site),
                            integer.biases().get(site),
                            integer.operations().get(site)));
        }
        return sites;
    }
}
