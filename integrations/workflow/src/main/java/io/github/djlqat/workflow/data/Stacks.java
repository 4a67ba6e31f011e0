package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Arrays of batches. */
final class Stacks {

    private Stacks() {}

    static Shape shape(int batch, Shape sample) {
        return new Shape(batch).addAll(sample);
    }

    /** Makes an array whose memory is native, so that views of it live as long as they are used. */
    static NDArray create(NDManager manager, float[] values, int batch, Shape sample) {
        try (NDArray own = manager.create(values, shape(batch, sample))) {
            return own.duplicate();
        }
    }
}
