package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.observer.MinMaxObserver;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;

/**
 * The scales and zero points of tokens, rows along the last axis, computed anew from each tensor.
 *
 * @param scale the scales, one for each token, of the tensor's shape with a last dimension of 1
 * @param zeroPoint the zero points, of the same shape
 */
record TokenScales(NDArray scale, NDArray zeroPoint) implements AutoCloseable {

    /**
     * Chooses them by the scheme's convention.
     *
     * @throws IllegalArgumentException if a token holds NaN or infinity
     */
    static TokenScales of(NDManager manager, NDArray x, QuantizationScheme scheme) {
        int last = x.getShape().dimension() - 1;
        float[] ends;
        try (NDArray values = x.stopGradient();
                NDArray least = values.min(new int[] {last});
                NDArray greatest = values.max(new int[] {last})) {
            ends = pairs(least.toFloatArray(), greatest.toFloatArray());
        }
        QuantizationParameters chosen =
                new MinMaxObserver(scheme)
                        .observe(ends, new Shape(ends.length / 2, 2))
                        .parameters();
        long[] dimensions = x.getShape().getShape().clone();
        dimensions[last] = 1;
        Shape shape = new Shape(dimensions);
        int[] codes = chosen.zeroPoints();
        float[] zeroPoints = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            zeroPoints[i] = codes[i];
        }
        return new TokenScales(
                manager.create(chosen.scales(), shape), manager.create(zeroPoints, shape));
    }

    private static float[] pairs(float[] least, float[] greatest) {
        float[] ends = new float[2 * least.length];
        for (int i = 0; i < least.length; i++) {
            ends[2 * i] = least[i];
            ends[2 * i + 1] = greatest[i];
        }
        return ends;
    }

    @Override
    public void close() {
        scale.close();
        zeroPoint.close();
    }
}
