package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Numbers between -1 and 1 from a generator that the golden scripts repeat bit for bit. */
final class NumberStream {

    private NumberStream() {}

    static float[] floats(long seed, int count) {
        long state = seed;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            values[i] = (state >>> 40) / (float) (1 << 23) - 1;
        }
        return values;
    }

    static NDArray array(NDManager manager, long seed, long... shape) {
        Shape s = new Shape(shape);
        return manager.create(floats(seed, (int) s.size()), s);
    }
}
