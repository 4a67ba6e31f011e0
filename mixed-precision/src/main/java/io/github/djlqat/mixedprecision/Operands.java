package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arrays among an operation's arguments, those in lists too. */
final class Operands {

    /** Replaces one array. */
    @FunctionalInterface
    interface Change {
        NDArray apply(int position, NDArray array);
    }

    private Operands() {}

    /** Replaces the arrays that can be cast; positions count arrays only. */
    static List<@Nullable Object> map(List<@Nullable Object> arguments, Change change) {
        List<@Nullable Object> changed = new ArrayList<>(arguments.size());
        int position = 0;
        for (Object argument : arguments) {
            if (argument instanceof NDArray array) {
                changed.add(isCastable(array) ? change.apply(position, array) : array);
                position++;
            } else if (argument instanceof NDList list) {
                NDList replaced = new NDList(list.size());
                for (NDArray array : list) {
                    replaced.add(isCastable(array) ? change.apply(position, array) : array);
                    position++;
                }
                changed.add(replaced);
            } else {
                changed.add(argument);
            }
        }
        return changed;
    }

    /** The arrays, in order. */
    static List<NDArray> arrays(List<@Nullable Object> arguments) {
        List<NDArray> arrays = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof NDArray array) {
                arrays.add(array);
            } else if (argument instanceof NDList list) {
                arrays.addAll(list);
            }
        }
        return arrays;
    }

    /**
     * Whether autocasting concerns an array: not integers and not double precision. The type that
     * DJL does not know is that of native results.
     */
    static boolean isCastable(NDArray array) {
        DataType type = array.getDataType();
        return (type == DataType.FLOAT32 || type == DataType.FLOAT16 || type == DataType.UNKNOWN)
                && !array.isSparse();
    }
}
