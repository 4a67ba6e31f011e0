package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an input looks like that a block is traced on.
 *
 * @param shape the shape, whose first dimension counts samples
 * @param type the type of the elements
 */
record TracedInput(Shape shape, DataType type) {

    /** Others end the process when the engine is asked for zeros of them. */
    private static final Set<DataType> TYPES =
            EnumSet.of(
                    DataType.FLOAT32,
                    DataType.FLOAT64,
                    DataType.FLOAT16,
                    DataType.INT8,
                    DataType.UINT8,
                    DataType.INT32,
                    DataType.INT64,
                    DataType.BOOLEAN);

    /**
     * Checks the shape.
     *
     * @throws IllegalArgumentException if it has no dimension that counts samples
     */
    TracedInput {
        if (shape.dimension() == 0) {
            throw new IllegalArgumentException(
                    "An input has the shape "
                            + shape
                            + "; its first dimension counts samples, so that at least one is legal.");
        }
    }

    static List<TracedInput> of(Shape... shapes) {
        return Stream.of(shapes).map(shape -> new TracedInput(shape, DataType.FLOAT32)).toList();
    }

    static List<TracedInput> of(NDList inputs) {
        List<TracedInput> found = new ArrayList<>(inputs.size());
        for (NDArray input : inputs) {
            DataType type = input.getDataType();
            if (!TYPES.contains(type)) {
                throw new IllegalArgumentException(
                        "Input "
                                + found.size()
                                + " has elements of "
                                + type
                                + "; legal are "
                                + TYPES
                                + ".");
            }
            found.add(new TracedInput(input.getShape(), type));
        }
        return found;
    }

    NDArray zeros(NDManager manager, int batch) {
        long[] sizes = shape.getShape().clone();
        sizes[0] = batch;
        return manager.zeros(new Shape(sizes), type);
    }
}
