package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.estimator.AdditiveNoise;
import io.github.djlqat.estimator.ClipMask;
import io.github.djlqat.estimator.StraightThrough;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.UniformNoise;
import io.github.djlqat.recipe.RoundingEstimator;

/**
 * Rounds a tensor in training by a {@link RoundingEstimator}.
 *
 * @param kernels what computes
 * @param format the format of the codes
 * @param rounding the estimator
 * @param seed what random numbers are drawn from
 */
record EstimatedRounding(
        Kernels kernels, IntegerFormat format, RoundingEstimator rounding, long seed) {

    /** Rounds; the result attaches to the manager. */
    NDArray round(NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint) {
        return switch (rounding) {
            case STRAIGHT_THROUGH_CODE -> nearest(manager, x, scale, zeroPoint, ClipMask.CODE);
            case STRAIGHT_THROUGH_INPUT -> nearest(manager, x, scale, zeroPoint, ClipMask.INPUT);
            case STRAIGHT_THROUGH -> nearest(manager, x, scale, zeroPoint, ClipMask.NONE);
            case ADDITIVE_NOISE -> noisy(manager, x, scale);
            case STOCHASTIC_ROUNDING -> {
                // The nearest code of x / s + u - 1/2 is the floor of x / s + u.
                try (NDArray noisy = noisy(manager, x, scale)) {
                    yield nearest(manager, noisy, scale, zeroPoint, ClipMask.CODE);
                }
            }
        };
    }

    private NDArray nearest(
            NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint, ClipMask mask) {
        return kernels.run(
                manager,
                new StraightThrough(format.qmin(), format.qmax(), mask),
                new NDList(x, scale, zeroPoint));
    }

    private NDArray noisy(NDManager manager, NDArray x, NDArray scale) {
        try (NDArray noise = UniformNoise.create(manager, x.getShape(), seed)) {
            return kernels.run(manager, new AdditiveNoise(), new NDList(x, scale, noise));
        }
    }
}
