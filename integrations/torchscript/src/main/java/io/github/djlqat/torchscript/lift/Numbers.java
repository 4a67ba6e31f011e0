package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** Numbers as operands of operations on arrays. */
final class Numbers {

    private Numbers() {}

    /**
     * Returns a number in the Java type that makes DJL's result of the type that PyTorch's is: a
     * number never widens an array's type, but a float makes floats of ints.
     */
    static Number of(Number number, DataType type) {
        if (number instanceof Double real) {
            return type == DataType.FLOAT64 ? real : (Number) real.floatValue();
        }
        long integer = number.longValue();
        if (type.isFloating()) {
            return type == DataType.FLOAT64 ? (Number) (double) integer : (Number) (float) integer;
        }
        return integer == (int) integer ? (Number) (int) integer : (Number) integer;
    }

    /** Returns the number that an operand is for an array, or null where it is an array. */
    static @Nullable Number of(@Nullable Object operand, DataType type) {
        Number number = AtenCall.asNumber(operand);
        return number == null ? null : of(number, type);
    }

    /** Returns an array without axes. */
    static NDArray array(Number number, DataType type, NDManager manager) {
        return filled(new Shape(), number, type, manager);
    }

    /** Returns an array of one number. */
    static NDArray filled(Shape shape, Number number, DataType type, NDManager manager) {
        double value = number.doubleValue();
        if (value == 0) {
            return manager.zeros(shape, type);
        }
        if (value == 1) {
            return manager.ones(shape, type);
        }
        boolean exact = Double.isNaN(value) || (float) value == value;
        if (type == DataType.FLOAT32 || exact && Math.abs(value) < 1 << 24) {
            return manager.full(shape, (float) value, type);
        }
        NDArray single = manager.create(of(number, type)).toType(type, false);
        return shape.isScalar() ? single : single.broadcast(shape);
    }

    /** The shape that two arrays are broadcast to. */
    static Shape broadcast(AtenCall call, Shape a, Shape b) {
        int rank = Math.max(a.dimension(), b.dimension());
        long[] dimensions = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long first = i <= a.dimension() ? a.get(a.dimension() - i) : 1;
            long second = i <= b.dimension() ? b.get(b.dimension() - i) : 1;
            if (first != second && first != 1 && second != 1) {
                throw call.refusal(
                        "the shapes "
                                + a
                                + " and "
                                + b
                                + " differ; sizes that are equal or 1 are legal");
            }
            dimensions[rank - i] = first == 1 ? second : first;
        }
        return call.reserved(dimensions);
    }
}
