package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Checks and shapes the arrays that an estimator takes. */
final class Operands {

    private Operands() {}

    static void check(String estimator, List<String> names, NDList inputs) {
        if (inputs.size() != names.size() + 1) {
            throw new IllegalArgumentException(
                    "The estimator "
                            + estimator
                            + " takes an input and "
                            + names
                            + ", not "
                            + inputs.size()
                            + " arrays.");
        }
        NDArray x = inputs.head();
        checkDenseFloat("input", x);
        for (int i = 0; i < names.size(); i++) {
            checkOperand(names.get(i), inputs.get(i + 1), x);
        }
    }

    private static void checkOperand(String name, NDArray operand, NDArray x) {
        checkDenseFloat(name, operand);
        if (!operand.getDevice().equals(x.getDevice())) {
            throw new IllegalArgumentException(
                    "The "
                            + name
                            + " is on "
                            + operand.getDevice()
                            + " but the input is on "
                            + x.getDevice()
                            + ".");
        }
        if (operand.size() != 1 && !broadcasts(operand.getShape(), x.getShape())) {
            throw new IllegalArgumentException(
                    "A "
                            + name
                            + " of shape "
                            + operand.getShape()
                            + " does not fit an input of shape "
                            + x.getShape()
                            + ": it must have one element, or the input's rank with every dimension 1 or the input's.");
        }
    }

    private static void checkDenseFloat(String name, NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "The "
                            + name
                            + " has data type "
                            + array.getDataType()
                            + "; an estimator takes float32.");
        }
        if (array.isSparse()) {
            throw new IllegalArgumentException(
                    "The " + name + " is sparse; an estimator takes dense arrays.");
        }
    }

    private static boolean broadcasts(Shape operand, Shape x) {
        if (operand.dimension() != x.dimension()) {
            return false;
        }
        for (int i = 0; i < x.dimension(); i++) {
            if (operand.get(i) != 1 && operand.get(i) != x.get(i)) {
                return false;
            }
        }
        return true;
    }

    static void checkElements(String estimator, NDArray x, int leastRank) {
        if (x.isEmpty() || x.getShape().dimension() < leastRank) {
            throw new IllegalArgumentException(
                    "The estimator "
                            + estimator
                            + " takes an input of at least one element and "
                            + leastRank
                            + " dimensions, not of shape "
                            + x.getShape()
                            + ".");
        }
    }

    static void checkCodes(int qmin, int qmax) {
        if (qmin >= qmax || Math.abs((long) qmin) > 1 << 16 || Math.abs((long) qmax) > 1 << 16) {
            throw new IllegalArgumentException(
                    "The codes run from "
                            + qmin
                            + " to "
                            + qmax
                            + "; they must increase and stay within 16 bits.");
        }
    }

    static void checkBits(int bits, int least) {
        if (bits < least || bits > 16) {
            throw new IllegalArgumentException(
                    "A code has " + least + " to 16 bits, not " + bits + ".");
        }
    }

    static void checkPositive(String what, double value) {
        if (!(value > 0 && value <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it must be positive and finite.");
        }
    }

    /**
     * Returns an operand that leaves the shape of the input alone whatever its rank: an array of
     * one element becomes a number.
     */
    static NDArray shaped(NDArray operand) {
        return operand.size() == 1 ? operand.reshape(new Shape()) : operand;
    }
}
