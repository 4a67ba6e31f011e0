package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.intercept.Site;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is quantized.
 *
 * @param sites what is quantized at each site
 * @param quantizers the quantizers in the order of their first use
 * @param estimators the tensors that published methods quantize
 * @param layers the quantized layers in order of execution
 * @param dataflow by what an operation of a forward pass is known
 */
record QuantizationPlan(
        Map<Site, SitePlan> sites,
        List<QuantizerPlan> quantizers,
        List<EstimatorPlan> estimators,
        List<LayerPlan> layers,
        Dataflow dataflow) {

    /** Copies the collections. */
    QuantizationPlan {
        sites = Collections.unmodifiableMap(new LinkedHashMap<>(sites));
        quantizers = List.copyOf(quantizers);
        estimators = List.copyOf(estimators);
        layers = List.copyOf(layers);
    }

    /** Returns how the weight of a quantizer is used, each different use once. */
    List<WeightUse> uses(String quantizer) {
        return sites.values().stream()
                .flatMap(site -> site.weights().values().stream())
                .filter(use -> use.quantizer().equals(quantizer))
                .distinct()
                .toList();
    }

    /** Returns the weight of a quantizer, or null if it is an activation's or unknown. */
    @Nullable Parameter weight(String quantizer) {
        return quantizers.stream()
                .filter(entry -> entry.name().equals(quantizer))
                .findFirst()
                .map(QuantizerPlan::weight)
                .orElse(null);
    }

    /** Returns the names of the quantized layers in order of execution. */
    List<String> layerNames() {
        return layers.stream().map(plan -> plan.layer().name()).toList();
    }

    /** Returns a plan of the same quantizers that quantizes the layers of these names only. */
    QuantizationPlan only(Collection<String> names, Graph graph) {
        List<LayerPlan> chosen =
                layers.stream().filter(plan -> names.contains(plan.layer().name())).toList();
        Map<Site, SitePlan> own = LayerPlan.sites(chosen, sites);
        return new QuantizationPlan(own, quantizers, estimators, chosen, Dataflow.of(graph, own));
    }
}
