package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.convention.CodeArithmetic;
import io.github.djlqat.convention.CodeRounding;
import io.github.djlqat.convention.ScaleDivision;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.convention.ZeroPointUse;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.RoundingEstimator;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;

/**
 * Fake-quantizes with the arithmetic of a convention that the kernels do not have, with the
 * kernels' straight-through gradient.
 */
final class ConventionRounding {

    private final CodeArithmetic arithmetic;
    private final IntegerFormat format;

    ConventionRounding(CodeArithmetic arithmetic, IntegerFormat format) {
        this.arithmetic = arithmetic;
        this.format = format;
    }

    /** Whether the kernels compute as the arithmetic says, NaN aside, which they pass on. */
    static boolean isKernels(CodeArithmetic arithmetic) {
        return arithmetic.rounding() == CodeRounding.HALF_EVEN
                && arithmetic.division() == ScaleDivision.MULTIPLY_BY_RECIPROCAL
                && arithmetic.zeroPoint() == ZeroPointUse.ADDED_AFTER_ROUNDING
                && arithmetic.storedScale() == StoredScale.SINGLE;
    }

    /**
     * Checks that a tensor can be trained as its recipe says.
     *
     * @throws IllegalArgumentException if a part of its convention or granularity cannot be trained
     */
    static void requireTrainable(TensorRecipe recipe, String name) {
        CodeArithmetic arithmetic = recipe.scheme().convention().arithmetic();
        String problem = null;
        if (recipe.scheme().granularity() instanceof Granularity.PerToken
                && recipe.learning() == ScaleLearning.LSQ) {
            problem =
                    "a scale for each token is computed anew each time; legal are observed scales";
        } else if (arithmetic.rounding() == CodeRounding.STOCHASTIC) {
            problem =
                    "a convention that rounds stochastically is for tensors outside of training; legal is the estimator stochastic-rounding with another convention";
        } else if (recipe.learning() == ScaleLearning.LSQ && !isKernels(arithmetic)) {
            problem =
                    "scales are learned with torch's arithmetic only; legal are the conventions default, pytorch and bitsandbytes, or observed scales";
        }
        if (problem == null
                && recipe.rounding() != RoundingEstimator.STRAIGHT_THROUGH_INPUT
                && !isKernels(arithmetic)) {
            problem =
                    "the estimator "
                            + recipe.rounding().word()
                            + " rounds with torch's arithmetic only; legal are the conventions default, pytorch and bitsandbytes, or the estimator straight-through-input";
        }
        if (problem != null) {
            throw new IllegalArgumentException(
                    "The tensor "
                            + name
                            + " cannot be trained as "
                            + recipe.scheme()
                            + ": "
                            + problem
                            + ".");
        }
    }

    /** Returns the nearest values, attached to the manager. */
    NDArray quantize(NDManager manager, NDArray x, NDArray scale, NDArray zeroPoint) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray step = scale.stopGradient();
            NDArray values = x.stopGradient();
            NDArray lowest = zeroPoint.stopGradient().neg().add(format.qmin());
            NDArray highest = zeroPoint.stopGradient().neg().add(format.qmax());
            NDArray one = lowest.mul(step);
            NDArray other = highest.mul(step);
            // A negative scale turns the range around.
            NDArray outside =
                    values.lt(one.minimum(other)).logicalOr(values.gt(one.maximum(other)));
            NDArray inside = NDArrays.where(outside, x.zerosLike(), x);
            NDArray steps = steps(values, step, lowest, highest).maximum(lowest).minimum(highest);
            // The difference is an exact zero that carries the gradient.
            result = steps.mul(stored(step)).add(inside.sub(inside.stopGradient()));
            NDScope.unregister(result);
        }
        NDScope.register(result);
        result.attach(manager);
        return result;
    }

    /** The number of steps from zero, before it is clamped. */
    private NDArray steps(NDArray values, NDArray step, NDArray lowest, NDArray highest) {
        return switch (arithmetic.zeroPoint()) {
            case ADDED_AFTER_ROUNDING -> round(ratio(values, step));
            case ADDED_BEFORE_ROUNDING -> {
                NDArray zeroPoint = lowest.neg().add(format.qmin());
                yield round(ratio(values, step), zeroPoint).sub(zeroPoint);
            }
            case COUNTED_FROM_LOWEST -> round(ratio(values, step), lowest.neg()).add(lowest);
            case AS_LOWEST_VALUE -> {
                NDArray low = lowest.mul(step);
                NDArray within = values.maximum(low).minimum(highest.mul(step));
                yield round(ratio(within.sub(low), step), lowest);
            }
        };
    }

    private NDArray ratio(NDArray values, NDArray step) {
        return arithmetic.division() == ScaleDivision.DIVIDE
                ? values.div(step)
                : values.mul(step.onesLike().div(step));
    }

    private NDArray round(NDArray ratio, NDArray offset) {
        return arithmetic.rounding() == CodeRounding.HALF_ADDED_AND_CUT
                ? cut(ratio.add(offset.add(0.5f)))
                : round(ratio.add(offset));
    }

    private NDArray round(NDArray x) {
        return switch (arithmetic.rounding()) {
            case HALF_EVEN -> x.round();
            case HALF_AWAY_FROM_ZERO -> halfUp(x.abs()).mul(x.sign());
            case HALF_UP -> halfUp(x);
            case FLOOR_OF_HALF_ADDED -> x.add(0.5f).floor();
            case HALF_ADDED_AND_CUT -> cut(x.add(0.5f));
            case TOWARD_ZERO -> cut(x);
            case STOCHASTIC ->
                    throw new IllegalStateException("Stochastic rounding cannot be trained with.");
        };
    }

    /** Compares the fraction, which is exact: a sum with a half would be rounded. */
    private static NDArray halfUp(NDArray x) {
        NDArray floor = x.floor();
        return floor.add(x.sub(floor).gte(0.5f).toType(DataType.FLOAT32, false));
    }

    private static NDArray cut(NDArray x) {
        return x.abs().floor().mul(x.sign());
    }

    private NDArray stored(NDArray step) {
        return arithmetic.storedScale() == StoredScale.SINGLE
                ? step
                : step.toType(DataType.FLOAT16, false).toType(DataType.FLOAT32, false);
    }
}
