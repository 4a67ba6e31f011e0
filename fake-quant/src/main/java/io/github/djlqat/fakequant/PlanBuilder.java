package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeResolver;
import io.github.djlqat.recipe.ResolvedLayer;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides from a recipe and a graph where a model is quantized.
 *
 * <p>Each quantized layer demands its input in its format; additions, concatenations and average
 * pooling demand theirs in the recipe's elementwise format.
 */
final class PlanBuilder {

    private final Recipe recipe;
    private final Graph graph;
    private final GraphIndex index;
    private final Map<String, QuantizerPlan> quantizers = new LinkedHashMap<>();
    private final ActivationPlanner activations;
    private final WeightPlanner weights;
    private final List<WeightedLayer> integerLayers = new ArrayList<>();
    private final List<WeightedLayer> layers = new ArrayList<>();
    private final Map<WeightedLayer, String> inputs = new HashMap<>();
    private final FormatPlanner formats = new FormatPlanner();
    private final EstimatorPlanner estimators = new EstimatorPlanner();

    private PlanBuilder(Recipe recipe, Graph graph) {
        this.recipe = recipe;
        this.graph = graph;
        this.index = new GraphIndex(graph);
        this.activations = new ActivationPlanner(graph, index, quantizers);
        this.weights = new WeightPlanner(recipe, index, quantizers);
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
        Set<Site> absorbed = RectifierAbsorption.absorb(graph, index, activations, quantizers);
        Map<Site, Map<ArgumentPosition, String>> wider =
                WiderQuantizers.find(graph, index, activations.uses(), quantizers);
        boolean runtime =
                quantizers.values().stream()
                        .allMatch(plan -> IntegerArithmetic.follows(plan.recipe().scheme()));
        IntegerPlanner.Result integer =
                runtime
                        ? IntegerPlanner.plan(
                                graph,
                                index,
                                activations.uses(),
                                wider,
                                integerLayers(),
                                quantizers)
                        : IntegerPlanner.Result.NONE;
        Map<Site, SitePlan> sites = sites(wider, absorbed, integer);
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
                input == null ? null : activations.current(input),
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
        if (resolved.weights() instanceof TensorRecipe own) {
            weights.add(layer, own);
        } else if (resolved.weights() instanceof FormatRecipe own) {
            formats.addWeight(layer, own);
        } else if (resolved.weights() instanceof EstimatorRecipe own) {
            estimators.addWeight(layer, own);
        }
        if (resolved.activations() instanceof TensorRecipe inputs) {
            if (ActivationPlanner.isByToken(inputs)) {
                Tokens.require(layer, inputs.scheme().toString());
            }
            String name = activations.demand(new Use(layer.node(), layer.input()), inputs);
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
                String given = activations.demand(use, elementwise);
                if (Ops.isValuePreserving(node.op())) {
                    name = activations.unite(name, given);
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
            if (!node.op().equals("batchNorm") || weights.folded().contains(node.site())) {
                continue;
            }
            Use input = GraphIndex.inputs(node).get(0);
            index.uses(GraphIndex.value(input)).stream()
                    .map(activations::quantizerAt)
                    .filter(
                            name ->
                                    name != null
                                            && !ActivationPlanner.isByToken(
                                                    activations.plan(name).recipe()))
                    .findFirst()
                    .ifPresent(name -> activations.join(input, name));
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

    private Map<WeightedLayer, WeightUse> integerLayers() {
        Map<WeightedLayer, WeightUse> uses = new LinkedHashMap<>();
        for (WeightedLayer layer : integerLayers) {
            WeightUse use = weights.use(layer);
            if (use != null) {
                uses.put(layer, use);
            }
        }
        return uses;
    }

    private Map<Site, SitePlan> sites(
            Map<Site, Map<ArgumentPosition, String>> wider,
            Set<Site> absorbed,
            IntegerPlanner.Result integer) {
        Set<Site> all = new HashSet<>(activations.uses().keySet());
        all.addAll(weights.sites());
        all.addAll(weights.folded());
        all.addAll(absorbed);
        all.addAll(formats.sites());
        all.addAll(estimators.sites());
        all.addAll(integer.biases().keySet());
        all.addAll(integer.operations().keySet());
        Map<Site, SitePlan> sites = new HashMap<>();
        for (Site site : all) {
            sites.put(
                    site,
                    new SitePlan(
                            activations.uses().getOrDefault(site, Map.of()),
                            wider.getOrDefault(site, Map.of()),
                            weights.at(site),
                            formats.at(site),
                            estimators.at(site),
                            weights.folded().contains(site),
                            absorbed.contains(site),
                            integer.biases().get(site),
                            integer.operations().get(site)));
        }
        return sites;
    }
}
