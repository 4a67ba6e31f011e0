package io.github.djlqat.fakequant;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.ScaleLayout;
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
        Shape shape = layer.parameter().getShape();
        TensorFormat format = onAxis(recipe.format(), layer.outputAxis());
        if (format instanceof TensorFormat.Scaled scaled) {
            try {
                ScaleLayout.of(scaled.granularity(), shape);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "The weight "
                                + layer.parameterName()
                                + " of the layer "
                                + layer.name()
                                + " cannot be quantized: "
                                + e.getMessage()
                                + " Exclude the layer by a rule, or choose another granularity for it.",
                        e);
            }
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

    /** A recipe counts axes as in the weight of a linear layer. */
    private static TensorFormat onAxis(TensorFormat format, int outputAxis) {
        if (!(format instanceof TensorFormat.Scaled scaled)) {
            return format;
        }
        Granularity granularity = scaled.granularity();
        if (granularity instanceof Granularity.PerChannel channel && channel.axis() == 0) {
            granularity = new Granularity.PerChannel(outputAxis);
        } else if (granularity instanceof Granularity.PerGroup group
                && group.axis() == 1
                && outputAxis == 1) {
            granularity = new Granularity.PerGroup(0, group.size());
        }
        return new TensorFormat.Scaled(scaled.format(), granularity);
    }
}
