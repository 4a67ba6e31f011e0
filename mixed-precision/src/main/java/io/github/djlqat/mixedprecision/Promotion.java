package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import io.github.djlqat.intercept.OpCall;
import java.util.List;
import java.util.Set;

/** The type of the result of an operation that is on neither list. */
final class Promotion {

    /** Operations with statistics or weights beside their input, whose type is the input's. */
    private static final Set<String> OF_INPUT = Set.of("batchNorm", "dropout");

    /** Operations whose results are elements of their inputs, or their negatives. */
    private static final Set<String> EXACT =
            Set.of(
                    "relu",
                    "maxPool",
                    "globalMaxPool",
                    "reshape",
                    "flatten",
                    "transpose",
                    "swapAxes",
                    "squeeze",
                    "expandDims",
                    "get",
                    "broadcast",
                    "concat",
                    "stack",
                    "split",
                    "repeat",
                    "tile",
                    "flip",
                    "neg",
                    "abs",
                    "max",
                    "min",
                    "maximum",
                    "minimum",
                    "where",
                    "sort",
                    "stopGradient",
                    "duplicate");

    private Promotion() {}

    static boolean isExact(String op) {
        return EXACT.contains(op);
    }

    /** Whether the result is of the low type: no operand is wider. */
    static boolean isLow(OpCall call, Casts casts) {
        List<NDArray> arrays = Operands.arrays(call.arguments());
        if (OF_INPUT.contains(call.op()) || call.isInPlace()) {
            return !arrays.isEmpty() && casts.isLow(arrays.get(0));
        }
        boolean anyLow = false;
        boolean dimensions = arrays.stream().anyMatch(Promotion::hasDimensions);
        for (NDArray array : arrays) {
            // A number in an array of no dimensions widens no array with some.
            if (Operands.isCastable(array)
                    && !casts.isZero(array)
                    && (hasDimensions(array) || !dimensions)) {
                if (!casts.isLow(array)) {
                    return false;
                }
                anyLow = true;
            }
        }
        return anyLow;
    }

    private static boolean hasDimensions(NDArray array) {
        return Operands.isCastable(array) && array.getShape().dimension() > 0;
    }
}
