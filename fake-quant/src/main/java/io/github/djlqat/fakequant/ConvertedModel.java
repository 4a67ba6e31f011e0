package io.github.djlqat.fakequant;

import ai.djl.nn.Block;
import io.github.djlqat.graph.Graph;
import java.util.List;

/**
 * What conversion makes of a prepared model.
 *
 * @param block the block that computes as the exported model does
 * @param graphs the same program, traced at two batch sizes: weights as codes, BatchNorms folded,
 *     activations rounded by nodes of their own
 */
public record ConvertedModel(Block block, List<Graph> graphs) {

    /**
     * Copies the list.
     *
     * @param block the block that computes as the exported model does
     * @param graphs the same program, traced at two batch sizes: weights as codes, BatchNorms
     *     folded, activations rounded by nodes of their own
     */
    public ConvertedModel {
        graphs = List.copyOf(graphs);
    }

    /**
     * Returns the program as traced for one sample.
     *
     * @return the graph
     */
    public Graph graph() {
        return graphs.get(0);
    }
}
