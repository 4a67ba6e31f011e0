package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Objects;

/**
 * A tensor that does not depend on the inputs.
 *
 * @param shape its shape
 * @param data a {@code float[]}, {@code int[]}, {@code long[]} or {@code boolean[]} in row-major
 *     order
 */
@SuppressWarnings("ArrayRecordComponent")
record ConstantTensor(Shape shape, Object data) {

    static DataType typeOf(Object data) {
        if (data instanceof float[]) {
            return DataType.FLOAT32;
        }
        if (data instanceof int[]) {
            return DataType.INT32;
        }
        if (data instanceof long[]) {
            return DataType.INT64;
        }
        if (data instanceof double[]) {
            return DataType.FLOAT64;
        }
        if (data instanceof boolean[]) {
            return DataType.BOOLEAN;
        }
        throw new OnnxExportException(
                "A constant holds a "
                        + data.getClass().getSimpleName()
                        + "; exported are float[], double[], int[], long[] and boolean[].");
    }

    DataType dataType() {
        return typeOf(data);
    }

    /**
     * Returns a tensor whose elements all have one value, of type FLOAT32, FLOAT64, INT32, INT64 or
     * BOOLEAN.
     */
    static ConstantTensor full(Shape shape, Number value, DataType type) {
        int size = Math.toIntExact(shape.size());
        Object data;
        switch (type) {
            case INT32 -> Arrays.fill((int[]) (data = new int[size]), value.intValue());
            case INT64 -> Arrays.fill((long[]) (data = new long[size]), value.longValue());
            case FLOAT64 -> Arrays.fill((double[]) (data = new double[size]), value.doubleValue());
            case BOOLEAN ->
                    Arrays.fill((boolean[]) (data = new boolean[size]), value.intValue() != 0);
            case FLOAT32 -> Arrays.fill((float[]) (data = new float[size]), value.floatValue());
            default ->
                    throw new OnnxExportException(
                            "A constant has the data type "
                                    + type
                                    + "; exported are FLOAT32, FLOAT64, INT32, INT64 and BOOLEAN.");
        }
        return new ConstantTensor(shape, data);
    }

    /** Whether all elements are zero, none of them negative. */
    boolean isZero() {
        return Arrays.stream(bits(0, Math.toIntExact(shape.size()))).allMatch(bit -> bit == 0);
    }

    /** Whether all slices along the first axis are the same. */
    boolean isUniformAlongFirst() {
        int rows = Math.toIntExact(shape.get(0));
        int size = rows == 0 ? 0 : Math.toIntExact(shape.size() / rows);
        for (int row = 1; row < rows; row++) {
            if (!Arrays.equals(bits(0, size), bits(row * size, size))) {
                return false;
            }
        }
        return true;
    }

    boolean hasSameData(ConstantTensor other) {
        return Objects.deepEquals(data, other.data());
    }

    /** Returns the first slice along the first axis, with a leading dimension of 1. */
    ConstantTensor first() {
        long[] dims = shape.getShape().clone();
        int size = Math.toIntExact(shape.size() / dims[0]);
        dims[0] = 1;
        Object slice;
        if (data instanceof float[] floats) {
            slice = Arrays.copyOf(floats, size);
        } else if (data instanceof int[] ints) {
            slice = Arrays.copyOf(ints, size);
        } else if (data instanceof long[] longs) {
            slice = Arrays.copyOf(longs, size);
        } else if (data instanceof double[] doubles) {
            slice = Arrays.copyOf(doubles, size);
        } else {
            slice = Arrays.copyOf((boolean[]) data, size);
        }
        return new ConstantTensor(new Shape(dims), slice);
    }

    private long[] bits(int from, int count) {
        long[] bits = new long[count];
        for (int i = 0; i < count; i++) {
            int at = from + i;
            if (data instanceof float[] floats) {
                bits[i] = Float.floatToIntBits(floats[at]);
            } else if (data instanceof int[] ints) {
                bits[i] = ints[at];
            } else if (data instanceof long[] longs) {
                bits[i] = longs[at];
            } else if (data instanceof double[] doubles) {
                bits[i] = Double.doubleToLongBits(doubles[at]);
            } else {
                bits[i] = ((boolean[]) data)[at] ? 1 : 0;
            }
        }
        return bits;
    }
}
