package io.github.djlqat.fakequant;

import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Collects the arguments of layers that are rounded to formats with scales of their own. */
final class FormatPlanner {

    private final Map<Site, Map<ArgumentPosition, FormatUse>> uses = new HashMap<>();

    /**
     * Plans the weight of a layer.
     *
     * @throws IllegalArgumentException if its shape cannot be cut as the format asks
     */
    void addWeight(WeightedLayer layer, FormatRecipe recipe) {
        TensorFormat format = recipe.format();
        if (format instanceof TensorFormat.Scaled scaled) {
            Granularity granularity = WeightShape.onAxis(scaled.granularity(), layer.outputAxis());
            WeightShape.check(layer, granularity);
            format = new TensorFormat.Scaled(scaled.format(), granularity);
        }
        add(
                layer.weightNode().site(),
                layer.weight(),
                new FormatUse(format, layer.outputAxis(), true));
    }

    /** Plans the input of a layer. */
    void addInput(WeightedLayer layer, FormatRecipe recipe) {
        boolean channelsFirst =
                switch (layer.node().op()) {
                    case "convolution", "deconvolution" -> true;
                    default -> false;
                };
        int rank =
                GraphIndex.value(new GraphIndex.Use(layer.node(), layer.input()))
                        .shape()
                        .dimension();
        add(
                layer.node().site(),
                layer.input(),
                new FormatUse(recipe.format(), channelsFirst ? 1 : rank - 1, false));
    }

    private void add(Site site, ArgumentPosition position, FormatUse use) {
        uses.computeIfAbsent(site, s -> new HashMap<>()).put(position, use);
    }

    Set<Site> sites() {
        return uses.keySet();
    }

    Map<ArgumentPosition, FormatUse> at(Site site) {
        return uses.getOrDefault(site, Map.of());
    }
}
