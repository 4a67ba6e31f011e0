package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.intercept.InterceptedBlock;
import java.util.List;

/** Records the operations of a block's forward pass, in inference mode, as a {@link Graph}. */
public final class GraphTracer {

    private GraphTracer() {}

    /**
     * Runs a block once and records what it computes.
     *
     * @param block an initialized block
     * @param manager a manager on the device to run on; nothing stays attached to it
     * @param inputs inputs such as the block takes; neither changed nor closed
     * @return the graph, with the shapes of these inputs
     * @throws IllegalArgumentException if the block holds a symbolic block
     * @throws IllegalStateException if the block is not initialized, or computes in a way that
     *     cannot be recorded
     */
    public static Graph trace(Block block, NDManager manager, NDList inputs) {
        if (!block.isInitialized()) {
            throw new IllegalStateException(
                    "The block is not initialized: initialize it, or load its parameters, first.");
        }
        try (NDManager scope = manager.newSubManager()) {
            NDList copies = new NDList(inputs.size());
            for (NDArray input : inputs) {
                NDArray copy = input.toDevice(manager.getDevice(), true);
                copy.attach(scope);
                copies.add(copy);
            }
            RecordingInterceptor recorder = new RecordingInterceptor(copies);
            Block recorded = InterceptedBlock.recording(block, recorder);
            NDList outputs = recorded.forward(new ParameterStore(scope, false), copies, false);
            return recorder.graph(List.copyOf(outputs));
        }
    }
}
