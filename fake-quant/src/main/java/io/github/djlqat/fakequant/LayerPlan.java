package io.github.djlqat.fakequant;

import io.github.djlqat.intercept.Site;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where one layer's own input and weight are quantized.
 *
 * @param layer the layer
 * @param input the position of the input in the operation
 * @param inputQuantizer the quantizer of the input, wherever it stands, or null where the input has
 *     no quantizer of its own
 * @param weight the position of the weight in that operation
 */
record LayerPlan(
        QuantizedLayer layer,
        ArgumentPosition input,
        @Nullable String inputQuantizer,
        ArgumentPosition weight) {

    /**
     * Returns what is quantized where these layers are the only ones that are: the input of each at
     * the layer itself, and its weight. The rest of the model stays in floating point, so that
     * nothing is folded, absorbed or computed in integers.
     */
    static Map<Site, SitePlan> sites(List<LayerPlan> layers, Map<Site, SitePlan> whole) {
        Map<Site, Map<ArgumentPosition, String>> activations = new HashMap<>();
        Map<Site, Set<ArgumentPosition>> positions = new HashMap<>();
        for (LayerPlan layer : layers) {
            if (layer.inputQuantizer != null) {
                activations
                        .computeIfAbsent(layer.layer.site(), s -> new HashMap<>())
                        .put(layer.input, layer.inputQuantizer);
            }
            positions.computeIfAbsent(layer.layer.site(), s -> new HashSet<>()).add(layer.input);
            positions
                    .computeIfAbsent(layer.layer.weightSite(), s -> new HashSet<>())
                    .add(layer.weight);
        }
        Map<Site, SitePlan> sites = new HashMap<>();
        positions.forEach(
                (site, own) -> {
                    SitePlan plan = whole.get(site);
                    sites.put(
                            site,
                            new SitePlan(
                                    activations.getOrDefault(site, Map.of()),
                                    Map.of(),
                                    plan == null ? Map.of() : only(plan.weights(), own),
                                    plan == null ? Map.of() : only(plan.formats(), own),
                                    plan == null ? Map.of() : only(plan.estimators(), own),
                                    false,
                                    false,
                                    null,
                                    null));
                });
        return sites;
    }

    private static <T> Map<ArgumentPosition, T> only(
            Map<ArgumentPosition, T> all, Set<ArgumentPosition> wanted) {
        Map<ArgumentPosition, T> found = new HashMap<>(all);
        found.keySet().retainAll(wanted);
        return found;
    }
}
