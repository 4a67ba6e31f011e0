package io.github.djlqat.workflow.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Integers in memory: classes, or the tokens of a text. */
record LongColumn(String name, int size, Shape sampleShape, long[] values) implements Column {

    static LongColumn classes(String name, long[] classes) {
        return new LongColumn(name, classes.length, new Shape(), classes);
    }

    @Override
    public boolean isInteger() {
        return true;
    }

    @Override
    public NDArray batch(NDManager manager, int[] indices) {
        int length = (int) sampleShape.size();
        long[] batch = new long[Math.multiplyExact(indices.length, length)];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(values, indices[i] * length, batch, i * length, length);
        }
        try (NDArray own = manager.create(batch, Stacks.shape(indices.length, sampleShape))) {
            return own.duplicate();
        }
    }
}
