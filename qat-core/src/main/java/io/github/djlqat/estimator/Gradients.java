package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;

/** Attaches derivatives to values, in plain array operations. */
final class Gradients {

    private Gradients() {}

    /**
     * Returns the values, whose derivative by the parameter is the slope: they lose a positive zero
     * that depends on it, which leaves the sign of a zero alone.
     *
     * @param values the values, constants or with derivatives of their own
     * @param parameter what the derivative is by
     * @param slope the derivative, a constant that broadcasts with the parameter
     */
    static NDArray attach(NDArray values, NDArray parameter, NDArray slope) {
        // A slope that is not finite would turn the zero into NaN.
        NDArray wild = slope.isInfinite().logicalOr(slope.isNaN());
        NDArray finite = NDArrays.where(wild, slope.zerosLike(), slope);
        return values.sub(zero(parameter).mul(finite));
    }

    /** Returns the values, whose derivative by the parameter is 1. */
    static NDArray straightThrough(NDArray values, NDArray parameter) {
        return values.sub(zero(parameter));
    }

    private static NDArray zero(NDArray parameter) {
        NDArray finite =
                NDArrays.where(
                        parameter.stopGradient().isInfinite(), parameter.zerosLike(), parameter);
        return finite.stopGradient().sub(finite);
    }

    /** A mask as numbers, 1 where it holds. */
    static NDArray number(NDArray mask) {
        return mask.toType(DataType.FLOAT32, false);
    }

    static NDArray not(NDArray mask) {
        return number(mask.logicalNot());
    }

    /** 1 from zero upwards, -1 below it, NaN where the values are NaN. */
    static NDArray signs(NDArray values) {
        NDArray signs = number(values.gte(0)).mul(2).add(-1);
        return NDArrays.where(values.isNaN(), values, signs);
    }

    /** The magnitudes, with the sign of the values. */
    static NDArray withSign(NDArray magnitudes, NDArray values) {
        return NDArrays.where(values.lt(0), magnitudes.neg(), magnitudes);
    }
}
