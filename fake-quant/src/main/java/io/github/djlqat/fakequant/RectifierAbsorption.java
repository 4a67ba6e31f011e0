package io.github.djlqat.fakequant;

import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Leaves out rectifiers whose work the quantizers behind them do. */
final class RectifierAbsorption {

    private final Graph graph;
    private final GraphIndex index;
    private final ActivationPlanner activations;
    private final Map<String, QuantizerPlan> quantizers;

    private RectifierAbsorption(
            Graph graph,
            GraphIndex index,
            ActivationPlanner activations,
            Map<String, QuantizerPlan> quantizers) {
        this.graph = graph;
        this.index = index;
        this.activations = activations;
        this.quantizers = quantizers;
    }

    /** Has quantizers rectify; returns the sites of the rectifiers that are left out. */
    static Set<Site> absorb(
            Graph graph,
            GraphIndex index,
            ActivationPlanner activations,
            Map<String, QuantizerPlan> quantizers) {
        return new RectifierAbsorption(graph, index, activations, quantizers).absorb();
    }

    /**
     * A range that begins at zero cuts off what relu cuts off, with the same gradient, so that one
     * pass over the values does for both.
     */
    private Set<Site> absorb() {
        Set<Site> absorbedRectifiers = new HashSet<>();
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
                String name = activations.quantizerAt(use);
                absorbed &=
                        name != null
                                && beginsAtZero(activations.plan(name))
                                && serves(name, output);
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
        return absorbedRectifiers;
    }

    /** Without the rectifier, its input and its output are one array, which must not change. */
    private boolean changesInPlace(Value value) {
        return index.uses(value).stream()
                .anyMatch(use -> use.position().index() == 0 && use.node().op().endsWith("i"));
    }

    private static boolean beginsAtZero(QuantizerPlan plan) {
        QuantizationScheme scheme = plan.recipe().scheme();
        return !ActivationPlanner.isByToken(plan.recipe())
                && (scheme.symmetry() == Symmetry.AFFINE || scheme.isOneSided());
    }

    /** Whether a quantizer quantizes one value only. */
    private boolean serves(String name, Value only) {
        return graph.nodes().stream()
                .flatMap(node -> GraphIndex.inputs(node).stream())
                .filter(use -> name.equals(activations.quantizerAt(use)))
                .allMatch(use -> GraphIndex.value(use).equals(only));
    }
}
