package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Specials;

/** Rounding to a floating-point format in plain array operations, none of which sees bits. */
final class PortableFloatRounding {

    private final FloatRounding kernel;
    private final FloatFormat format;

    PortableFloatRounding(FloatRounding kernel) {
        this.kernel = kernel;
        this.format = kernel.format();
    }

    NDArray round(NDList inputs) {
        NDArray x = inputs.head();
        NDArray values = x.stopGradient();
        NDArray v = values.minimum(kernel.bound()).maximum(-kernel.bound());
        NDArray unit = powerOfTwo(v.abs()).mul((float) format.epsilon());
        NDArray quotient = v.div(unit);
        NDArray whole = whole(quotient, inputs);
        // Zero times the quotient carries its sign where the whole number is zero.
        NDArray rounded = NDArrays.where(whole.eq(0), quotient.mul(0f), whole).mul(unit);
        return withGradient(special(rounded, values), x);
    }

    /** The power of two at or below a magnitude, at least the smallest normal value. */
    private NDArray powerOfTwo(NDArray magnitude) {
        NDArray power = magnitude.onesLike();
        NDArray rest = magnitude.maximum((float) format.smallestNormal());
        for (int step = 64; step > 0; step /= 2) {
            float factor = (float) Math.scalb(1.0, step);
            NDArray above = rest.gte(factor);
            power = NDArrays.where(above, power.mul(factor), power);
            rest = NDArrays.where(above, rest.div(factor), rest);
            NDArray below = rest.lt(2 / factor);
            power = NDArrays.where(below, power.div(factor), power);
            rest = NDArrays.where(below, rest.mul(factor), rest);
        }
        return NDArrays.where(rest.lt(1), power.div(2), power);
    }

    private NDArray whole(NDArray quotient, NDList inputs) {
        NDArray lower = quotient.floor();
        NDArray fraction = quotient.sub(lower);
        return switch (kernel.rounding()) {
            case HALF_EVEN -> quotient.round();
            case TOWARD_ZERO -> quotient.trunc();
            case HALF_UP -> lower.add(number(fraction.gte(0.5f)));
            case HALF_AWAY_FROM_ZERO -> {
                NDArray magnitude = quotient.abs();
                NDArray below = magnitude.floor();
                NDArray away = below.add(number(magnitude.sub(below).gte(0.5f)));
                yield NDArrays.where(quotient.lt(0), away.neg(), away);
            }
            case STOCHASTIC ->
                    lower.add(number(inputs.get(1).stopGradient().neg().add(1).lte(fraction)));
        };
    }

    private NDArray special(NDArray rounded, NDArray values) {
        NDArray result = rounded;
        float replacement = kernel.replacement();
        if (replacement != 0) {
            NDArray beyond =
                    rounded.abs().gt((float) format.maxValue()).logicalOr(values.isInfinite());
            NDArray infinity = values.sign().mul(replacement);
            result = NDArrays.where(beyond, infinity, result);
        }
        if (format.specials() == Specials.FINITE_ONLY) {
            result = NDArrays.where(values.isNaN(), values.zerosLike(), result);
        }
        return format.hasNegativeZero() ? result : result.add(0f);
    }

    private NDArray withGradient(NDArray rounded, NDArray x) {
        NDArray fixed = x.stopGradient();
        NDArray lost = fixed.isInfinite().logicalOr(fixed.isNaN());
        if (kernel.clipGradient()) {
            lost = lost.logicalOr(fixed.abs().gt((float) format.maxValue()));
        }
        NDArray passed = NDArrays.where(lost, x.zerosLike(), x);
        return rounded.sub(passed.stopGradient().sub(passed));
    }

    private static NDArray number(NDArray mask) {
        return mask.toType(DataType.FLOAT32, false);
    }
}
