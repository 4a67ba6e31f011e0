package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/**
 * Uniform noise that a seed determines, whatever the engine and its threads.
 *
 * <p>Numbers are multiples of \( 2^{-24} \) in \( [0, 1) \).
 */
public final class UniformNoise {

    private UniformNoise() {}

    /**
     * Draws noise.
     *
     * @param manager the manager that the array attaches to
     * @param shape the shape, at most 2147483647 elements
     * @param seed the seed
     * @return a float32 array
     */
    public static NDArray create(NDManager manager, Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt() >>> 8) * 0x1p-24f;
        }
        return manager.create(values, shape);
    }
}
