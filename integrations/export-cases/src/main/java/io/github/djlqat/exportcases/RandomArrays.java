package io.github.djlqat.exportcases;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.Random;

/** Arrays of random numbers from fixed seeds. */
public final class RandomArrays {

    private RandomArrays() {}

    /**
     * Makes normally distributed numbers, the same for a shape's first dimension.
     *
     * @param manager the manager that the array attaches to
     * @param dims the shape
     * @return a list of the one array, in single precision
     */
    public static NDList gaussians(NDManager manager, long... dims) {
        Shape shape = new Shape(dims);
        Random random = new Random(dims[0]);
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new NDList(manager.create(data, shape));
    }

    /**
     * Makes whole numbers below a bound, as 64-bit integers.
     *
     * @param manager the manager that the array attaches to
     * @param bound the bound
     * @param dims the shape
     * @return the array
     */
    public static NDArray indices(NDManager manager, int bound, long... dims) {
        Shape shape = new Shape(dims);
        long[] data = new Random(bound).longs(shape.size(), 0, bound).toArray();
        return manager.create(data, shape);
    }

    /**
     * Sets parameters to numbers that are neither zero nor one, running variances to positive ones.
     *
     * @param block an initialized block
     */
    public static void fillParameters(Block block) {
        Random random = new Random(5);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray array = pair.getValue().getArray();
            boolean positive = pair.getKey().endsWith("runningVar");
            float[] data = new float[Math.toIntExact(array.size())];
            for (int i = 0; i < data.length; i++) {
                float value = (float) random.nextGaussian() / 2;
                data[i] = positive ? 0.5f + Math.abs(value) : value;
            }
            array.set(data);
        }
    }
}
