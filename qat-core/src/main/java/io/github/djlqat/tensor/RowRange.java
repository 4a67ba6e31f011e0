package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;

/**
 * A range of the first axis of a tensor.
 *
 * @param from the first index
 * @param to the index after the last
 */
public record RowRange(long from, long to) {

    /**
     * Checks the order.
     *
     * @param from the first index
     * @param to the index after the last
     * @throws IllegalArgumentException if the range is negative or empty
     */
    public RowRange {
        if (from < 0 || from >= to) {
            throw new IllegalArgumentException(
                    "A range starts at 0 or more and ends after its start, not "
                            + from
                            + " to "
                            + to
                            + ".");
        }
    }

    Shape of(Shape shape) {
        long[] dimensions = shape.getShape().clone();
        if (dimensions.length == 0 || to > dimensions[0]) {
            throw new IllegalArgumentException(
                    "Rows "
                            + from
                            + " to "
                            + to
                            + " are not within the first axis of shape "
                            + shape
                            + ".");
        }
        dimensions[0] = to - from;
        return new Shape(dimensions);
    }

    int firstElement(Shape shape) {
        return Math.toIntExact(from * Elements.perRow(shape));
    }

    int endElement(Shape shape) {
        return Math.toIntExact(to * Elements.perRow(shape));
    }
}
