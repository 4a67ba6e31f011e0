package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Traces a block, plans where it is quantized, and gives its weights their first scales. */
final class Preparer {

    private Preparer() {}

    /**
     * Prepares an initialized block.
     *
     * @throws IllegalArgumentException as {@link Quantization#prepare(Block, NDManager, Recipe,
     *     NDList)} says
     */
    static QuantizedBlock prepare(
            Block block, NDManager manager, Recipe recipe, List<TracedInput> inputs) {
        Preconditions.requireFinite(block);
        List<Graph> graphs = trace(block, manager, inputs);
        QuantizationPlan plan = PlanBuilder.build(recipe, graphs.get(0));
        Map<String, Observer> weights = observeWeights(plan);
        QuantizedBlock prepared = new QuantizedBlock(block, recipe, graphs, plan, manager);
        weights.forEach(
                (name, observer) ->
                        Objects.requireNonNull(prepared.getQuantizers().get(name))
                                .calibrate(observer));
        prepared.quantizers().calibrateEstimatedWeights(block.getParameters());
        return prepared;
    }

    /** Traces at two batch sizes, so that an exporter can tell what depends on the batch. */
    private static List<Graph> trace(Block block, NDManager manager, List<TracedInput> inputs) {
        List<Graph> graphs = new ArrayList<>();
        for (int batch = 1; batch <= 2; batch++) {
            try (NDManager scope = manager.newSubManager()) {
                NDList zeros = new NDList(inputs.size());
                for (TracedInput input : inputs) {
                    zeros.add(input.zeros(scope, batch));
                }
                graphs.add(GraphTracer.trace(block, scope, zeros));
            }
        }
        return graphs;
    }

    private static Map<String, Observer> observeWeights(QuantizationPlan plan) {
        Map<String, Observer> observers = new LinkedHashMap<>();
        for (QuantizerPlan quantizer : plan.quantizers()) {
            Parameter weight = quantizer.weight();
            if (weight == null) {
                continue;
            }
            try {
                Observer observer =
                        Observers.create(
                                quantizer.recipe().observer(), quantizer.recipe().scheme());
                for (WeightUse use : plan.uses(quantizer.name())) {
                    observer =
                            observer.observe(
                                    FoldedWeight.values(weight, use, quantizer.recipe().scheme()),
                                    weight.getShape());
                }
                observers.put(quantizer.name(), observer);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "The weight "
                                + quantizer.name()
                                + " cannot be quantized: "
                                + e.getMessage(),
                        e);
            }
        }
        return observers;
    }
}
