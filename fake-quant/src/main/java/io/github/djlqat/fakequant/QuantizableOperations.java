package io.github.djlqat.fakequant;

import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import java.util.ArrayList;
import java.util.List;

/** Finds what a recipe may quantize in a traced model. */
public final class QuantizableOperations {

    private QuantizableOperations() {}

    /**
     * Lists the operations of a model that a recipe may quantize: layers with weights, and
     * elementwise operations whose inputs are all computed in single precision.
     *
     * @param graph the traced model
     * @return the operations in the order of execution
     */
    public static List<QuantizableOperation> of(Graph graph) {
        GraphIndex index = new GraphIndex(graph);
        List<QuantizableOperation> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            WeightedLayer layer = WeightedLayer.of(node, index);
            if (layer != null) {
                found.add(
                        new QuantizableOperation(
                                layer.name(),
                                PlanBuilder.op(layer),
                                layer.parameterName(),
                                layer.parameter().getShape()));
            } else if (Ops.isElementwise(node.op()) && PlanBuilder.isBetweenQuantized(node)) {
                found.add(
                        new QuantizableOperation(
                                node.site().name(), PlanBuilder.pureOp(node.op()), null, null));
            }
        }
        return List.copyOf(found);
    }
}
