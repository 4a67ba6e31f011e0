package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.EstimatorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the arguments of layers that published methods quantize. */
final class EstimatorPlanner {

    private final Map<Site, Map<ArgumentPosition, String>> uses = new HashMap<>();
    private final Map<String, EstimatorPlan> plans = new LinkedHashMap<>();

    /**
     * Plans the weight of a layer, which layers may share.
     *
     * @throws IllegalArgumentException if layers that share it are given different methods
     */
    void addWeight(WeightedLayer layer, EstimatorRecipe recipe) {
        String name = layer.parameterName();
        EstimatorPlan plan = new EstimatorPlan(name, recipe, layer.parameter().getShape(), true);
        EstimatorPlan known = plans.putIfAbsent(name, plan);
        if (known != null && !known.equals(plan)) {
            throw new IllegalArgumentException(
                    "The weight "
                            + name
                            + " is shared by layers that the recipe quantizes as "
                            + known.recipe()
                            + " and as "
                            + recipe
                            + ".");
        }
        if (recipe.estimator() == EstimatorType.XNOR_NET && layer.outputAxis() != 0) {
            throw new IllegalArgumentException(
                    "The weight "
                            + name
                            + " counts output channels on axis "
                            + layer.outputAxis()
                            + "; xnor-net has a scale for each index of axis 0.");
        }
        put(layer.weightNode().site(), layer.weight(), name);
    }

    /**
     * Plans the input of a layer.
     *
     * @throws IllegalArgumentException if the layer has no tokens where the method needs them
     */
    void addInput(WeightedLayer layer, EstimatorRecipe recipe) {
        if (recipe.estimator() == EstimatorType.BITNET) {
            Tokens.require(layer, recipe.toString());
        }
        String name = layer.name() + "_input";
        Shape shape = GraphIndex.value(new GraphIndex.Use(layer.node(), layer.input())).shape();
        String unique = name;
        for (int i = 2; plans.containsKey(unique); i++) {
            unique = name + "_" + i;
        }
        plans.put(unique, new EstimatorPlan(unique, recipe, shape, false));
        put(layer.node().site(), layer.input(), unique);
    }

    private void put(Site site, ArgumentPosition position, String name) {
        uses.computeIfAbsent(site, s -> new HashMap<>()).put(position, name);
    }

    Set<Site> sites() {
        return uses.keySet();
    }

    Map<ArgumentPosition, String> at(Site site) {
        return uses.getOrDefault(site, Map.of());
    }

    List<EstimatorPlan> plans() {
        return new ArrayList<>(plans.values());
    }
}
