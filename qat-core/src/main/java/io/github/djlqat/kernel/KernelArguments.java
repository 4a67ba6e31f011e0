package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Checks arguments before they reach native code, which would end the process or fail with a
 * message about its own internals.
 */
final class KernelArguments {

    private KernelArguments() {}

    static void checkQuantization(NDArray x, NDArray scale, NDArray zeroPoint, int qmin, int qmax) {
        checkDenseFloat("input", x);
        checkDenseFloat("scale", scale);
        checkDenseFloat("zero point", zeroPoint);
        if (!scale.getShape().equals(zeroPoint.getShape())) {
            throw new IllegalArgumentException(
                    "The zero point has shape "
                            + zeroPoint.getShape()
                            + "; it must have the scale's shape "
                            + scale.getShape()
                            + ".");
        }
        if (!isPerTensor(scale) && !broadcasts(scale.getShape(), x.getShape())) {
            throw new IllegalArgumentException(
                    "A scale of shape "
                            + scale.getShape()
                            + " does not fit an input of shape "
                            + x.getShape()
                            + ": it must have one element, or the input's rank with every dimension 1 or the input's.");
        }
        checkDevice("scale", scale, x);
        checkDevice("zero point", zeroPoint, x);
        if (qmin >= qmax || Math.abs((long) qmin) > 1 << 16 || Math.abs((long) qmax) > 1 << 16) {
            throw new IllegalArgumentException(
                    "The codes run from "
                            + qmin
                            + " to "
                            + qmax
                            + "; they must increase and stay within 16 bits.");
        }
    }

    static void checkGradientScale(float gradientScale) {
        if (!Float.isFinite(gradientScale)) {
            throw new IllegalArgumentException(
                    "The gradient scale is " + gradientScale + "; it must be finite.");
        }
    }

    static void checkRange(NDArray x) {
        checkDenseFloat("input", x);
        if (x.isEmpty()) {
            throw new IllegalArgumentException(
                    "An input of shape " + x.getShape() + " has no range.");
        }
    }

    static boolean isPerTensor(NDArray scale) {
        return scale.getShape().size() == 1;
    }

    private static boolean broadcasts(Shape scale, Shape x) {
        if (scale.dimension() != x.dimension()) {
            return false;
        }
        for (int i = 0; i < x.dimension(); i++) {
            if (scale.get(i) != 1 && scale.get(i) != x.get(i)) {
                return false;
            }
        }
        return true;
    }

    static void checkDenseFloat(String what, NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " has data type "
                            + array.getDataType()
                            + "; only float32 can be quantized.");
        }
        if (array.isSparse()) {
            throw new IllegalArgumentException(
                    "The " + what + " is sparse; only dense arrays can be quantized.");
        }
    }

    static void checkDevice(String what, NDArray array, NDArray x) {
        if (!array.getDevice().equals(x.getDevice())) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " is on "
                            + array.getDevice()
                            + " but the input is on "
                            + x.getDevice()
                            + ".");
        }
    }
}
