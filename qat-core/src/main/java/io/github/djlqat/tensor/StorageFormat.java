package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/** How a tensor is kept in bytes: its elements, its scales, and which elements share a scale. */
public sealed interface StorageFormat
        permits BlockStorageFormat, IntegerStorageFormat, ScaledStorageFormat {

    /**
     * Returns the byte arrays that a tensor is kept in, in their order.
     *
     * @param shape the shape of the tensor
     * @return the planes
     * @throws IllegalArgumentException if the format cannot hold such a shape
     */
    List<StoredPlane> planes(Shape shape);

    /**
     * Checks that bytes of the right sizes stand for values.
     *
     * @param planes the bytes of each plane
     * @param shape the shape of the tensor
     * @throws IllegalArgumentException if a code or a scale is none of the format
     */
    void requireLegal(List<byte[]> planes, Shape shape);

    /**
     * Computes the real values.
     *
     * @param planes the bytes of each plane
     * @param shape the shape of the tensor
     * @return the values in row-major order
     */
    float[] dequantize(List<byte[]> planes, Shape shape);

    /**
     * Takes a range of the first axis.
     *
     * @param planes the bytes of each plane
     * @param shape the shape of the tensor
     * @param rows the range, within the first axis
     * @return the bytes of each plane of the range
     * @throws IllegalArgumentException if the range cuts through elements that share a scale
     */
    List<byte[]> slice(List<byte[]> planes, Shape shape, RowRange rows);
}
