package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;

/** One array of each sample: an input or the label. */
public interface Column {

    /**
     * Returns the name of the array.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the number of samples.
     *
     * @return the number of samples
     */
    int size();

    /**
     * Returns the shape of the array of one sample.
     *
     * @return the shape, without a batch dimension; of no dimensions for a number
     */
    Shape sampleShape();

    /**
     * Returns whether the values are integers, as tokens and classes are.
     *
     * @return whether batches are INT64 rather than FLOAT32
     */
    default boolean isInteger() {
        return false;
    }

    /**
     * Reads a batch.
     *
     * @param manager what the array is attached to
     * @param indices the indices of the samples, each 0 to {@code size() - 1}
     * @return the arrays of the samples, stacked
     * @throws IOException if a file cannot be read
     */
    NDArray batch(NDManager manager, int[] indices) throws IOException;
}
