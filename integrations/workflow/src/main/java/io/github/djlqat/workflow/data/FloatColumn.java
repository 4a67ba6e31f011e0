package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Floats in memory. */
record FloatColumn(String name, int size, Shape sampleShape, float[] values) implements Column {

    @Override
    public NDArray batch(NDManager manager, int[] indices) {
        int length = (int) sampleShape.size();
        float[] batch = new float[Math.multiplyExact(indices.length, length)];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(values, indices[i] * length, batch, i * length, length);
        }
        return Stacks.create(manager, batch, indices.length, sampleShape);
    }
}
