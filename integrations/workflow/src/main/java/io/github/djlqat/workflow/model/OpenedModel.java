package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that was opened. {@link BlockModel} and {@link ScriptModel} can be quantized; others only
 * run.
 */
public interface OpenedModel extends AutoCloseable {

    /**
     * Returns the kind of the model.
     *
     * @return the {@link ModelReader#format} of its reader
     */
    String format();

    /**
     * Returns where the model is.
     *
     * @return the file or folder
     */
    Path path();

    /**
     * Returns the shapes of the inputs.
     *
     * @return shapes whose first dimension, the batch, is 1; empty where they are not known
     */
    List<Shape> inputShapes();

    /**
     * Returns the parameters, buffers among them.
     *
     * @return the parameters in the model's order; empty where the format does not tell
     * @throws IOException if the file cannot be read
     */
    List<ParameterInfo> parameters() throws IOException;

    /**
     * Returns the size of the file or files.
     *
     * @return the size in bytes
     * @throws IOException if the size cannot be read
     */
    long bytes() throws IOException;

    /**
     * Runs the model in inference.
     *
     * @param inputs the inputs, with the batch as their first dimension
     * @return the outputs, attached to the manager of the inputs
     * @throws IOException if the model cannot be loaded
     */
    NDList predict(NDList inputs) throws IOException;

    /**
     * Tells whether the model can be run.
     *
     * @return false for weights without an architecture
     */
    default boolean isRunnable() {
        return true;
    }

    /** Frees the memory of the model. */
    @Override
    void close();
}
