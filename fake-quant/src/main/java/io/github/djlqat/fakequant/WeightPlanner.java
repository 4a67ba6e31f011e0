package io.github.djlqat.fakequant;

import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the weights that are rounded to integer codes, and the BatchNorms folded into them. */
final class WeightPlanner {

    private final Recipe recipe;
    private final GraphIndex index;
    private final Map<String, QuantizerPlan> quantizers;
    private final Map<Site, Map<ArgumentPosition, WeightUse>> uses = new HashMap<>();
    private final Set<Site> folded = new HashSet<>();

    /** Begins; the quantizers of weights join those given, in the order of their first use. */
    WeightPlanner(Recipe recipe, GraphIndex index, Map<String, QuantizerPlan> quantizers) {
        this.recipe = recipe;
        this.index = index;
        this.quantizers = quantizers;
    }

    /**
     * Plans the weight of a layer, which layers may share.
     *
     * @throws IllegalArgumentException if its shape does not fit its granularity, or layers that
     *     share it are given different formats
     */
    void add(WeightedLayer layer, TensorRecipe given) {
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
        BatchNormFold fold =
                recipe.training().foldBatchNorm() ? BatchNormFolds.behind(layer, index) : null;
        if (fold != null) {
            folded.add(fold.site());
        }
        uses.computeIfAbsent(layer.weightNode().site(), s -> new HashMap<>())
                .put(layer.weight(), new WeightUse(name, layer.outputAxis(), fold));
    }

    /** Returns how a layer's weight is used, or null where it has no integer codes. */
    @Nullable WeightUse use(WeightedLayer layer) {
        return at(layer.weightNode().site()).get(layer.weight());
    }

    /** Returns the sites of BatchNorms that are folded. */
    Set<Site> folded() {
        return folded;
    }

    Set<Site> sites() {
        return uses.keySet();
    }

    Map<ArgumentPosition, WeightUse> at(Site site) {
        return uses.getOrDefault(site, Map.of());
    }
}
