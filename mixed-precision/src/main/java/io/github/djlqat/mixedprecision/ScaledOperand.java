package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.kernel.FloatRounding;
import io.github.djlqat.kernel.Kernels;

/** Rounds operands to formats that no DJL array has, with the gradient as it is. */
record ScaledOperand(Precision precision, Kernels kernels) {

    /**
     * Returns \( \mathrm{round}(x s) \cdot (1 / s) \); magnitudes beyond the largest FP8 value
     * become that value.
     */
    NDArray round(NDManager manager, NDArray x, float scale) {
        Overflow overflow = precision == Precision.FLOAT8 ? Overflow.SATURATE : Overflow.NON_FINITE;
        FloatRounding rounding =
                new FloatRounding(precision.format(), Rounding.HALF_EVEN, overflow, false);
        try (NDManager scope = manager.newSubManager()) {
            NDArray constant = x.stopGradient();
            constant.attach(scope);
            NDArray scaled = scale == 1 ? constant : constant.mul(scale);
            NDArray values = kernels.run(scope, rounding, new NDList(scaled));
            if (scale != 1) {
                values.muli(1 / scale);
            }
            return kernels.run(manager, new StraightThrough(), new NDList(x, values));
        }
    }
}
