package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Which scale each element of a tensor uses, for one granularity and one shape.
 *
 * <p>The tensor is seen as \( outer \times rows \times columns \), each matrix cut into blocks of
 * one scale.
 */
public final class ScaleLayout {

    private final int outer;
    private final int rows;
    private final int columns;
    private final int blockRows;
    private final int blockColumns;
    private final int outerStride;
    private final int rowStride;
    private final int count;

    /** Cuts each matrix into blocks; the matrices have scales of their own, or all the same. */
    private ScaleLayout(int[] extents, int blockRows, int blockColumns, boolean sharedByOuter) {
        this.outer = extents[0];
        this.rows = extents[1];
        this.columns = extents[2];
        this.blockRows = blockRows;
        this.blockColumns = blockColumns;
        this.rowStride = blockColumns == columns ? 1 : divideUp(columns, blockColumns);
        int blocks = divideUp(rows, blockRows) * rowStride;
        this.outerStride = sharedByOuter ? 0 : blocks;
        this.count = sharedByOuter ? blocks : outer * blocks;
    }

    private static int divideUp(int length, int size) {
        return length / size + (length % size == 0 ? 0 : 1);
    }

    /**
     * Takes the elements {@code from} (inclusive) to {@code to} (exclusive), which share one scale.
     */
    @FunctionalInterface
    public interface Run {
        /**
         * Takes a run of elements.
         *
         * @param scale the index of the scale
         * @param from the row-major index of the first element
         * @param to the row-major index after the last element
         */
        void accept(int scale, int from, int to);
    }

    /**
     * Lays scales over a shape.
     *
     * @param granularity which elements share a scale
     * @param shape the shape of the tensor, at most 2147483647 elements
     * @return the layout
     * @throws IllegalArgumentException if the shape lacks the axis, the group size does not divide
     *     the axis and no short tail is allowed, or the tensor is too large
     */
    public static ScaleLayout of(Granularity granularity, Shape shape) {
        long[] dimensions = shape.getShape();
        int size = elements(shape);
        if (granularity instanceof Granularity.PerChannel channel) {
            int[] extents = extents(dimensions, channel.axis(), shape, granularity);
            return new ScaleLayout(extents, 1, extents[2], true);
        }
        if (granularity instanceof Granularity.PerGroup group) {
            return grouped(group, extents(dimensions, group.axis(), shape, granularity), shape);
        }
        if (granularity instanceof Granularity.PerToken) {
            int[] extents = extents(dimensions, dimensions.length - 1, shape, granularity);
            int[] tokens = {1, extents[0], extents[1]};
            return new ScaleLayout(tokens, 1, extents[1], false);
        }
        if (granularity instanceof Granularity.PerBlock block) {
            if (dimensions.length < 2) {
                throw new IllegalArgumentException(
                        "Shape " + shape + " has no two axes for " + granularity + ".");
            }
            int[] extents = extents(dimensions, dimensions.length - 2, shape, granularity);
            return new ScaleLayout(extents, block.rows(), block.columns(), false);
        }
        return new ScaleLayout(new int[] {1, 1, size}, 1, size, false);
    }

    private static ScaleLayout grouped(Granularity.PerGroup group, int[] extents, Shape shape) {
        if (!group.shortTail() && extents[1] % group.size() != 0) {
            throw new IllegalArgumentException(
                    "The group size "
                            + group.size()
                            + " does not divide axis "
                            + group.axis()
                            + " of shape "
                            + shape
                            + ", which has "
                            + extents[1]
                            + " elements.");
        }
        // Along the last axis the groups are runs of a row.
        return extents[2] == 1
                ? new ScaleLayout(new int[] {1, extents[0], extents[1]}, 1, group.size(), false)
                : new ScaleLayout(extents, group.size(), 1, false);
    }

    private static int elements(Shape shape) {
        long size = 1;
        for (long dimension : shape.getShape()) {
            if (dimension < 0 || dimension > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "Shape " + shape + " is not fully known or too large.");
            }
            size *= dimension;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "Shape " + shape + " has more than " + Integer.MAX_VALUE + " elements.");
            }
        }
        return (int) size;
    }

    private static int[] extents(
            long[] dimensions, int axis, Shape shape, Granularity granularity) {
        if (axis < 0 || axis >= dimensions.length) {
            throw new IllegalArgumentException(
                    "Shape "
                            + shape
                            + " has no axis "
                            + Math.max(axis, 0)
                            + " for "
                            + granularity
                            + "; it has "
                            + dimensions.length
                            + " axes.");
        }
        long outer = Arrays.stream(dimensions, 0, axis).reduce(1, (a, b) -> a * b);
        long inner =
                Arrays.stream(dimensions, axis + 1, dimensions.length).reduce(1, (a, b) -> a * b);
        return new int[] {(int) outer, (int) dimensions[axis], (int) inner};
    }

    /**
     * Returns the number of scales.
     *
     * @return the number of scales
     */
    public int count() {
        return count;
    }

    /**
     * Returns the number of elements of the tensor.
     *
     * @return the number of elements
     */
    public int size() {
        return outer * rows * columns;
    }

    /**
     * Returns the scale of an element.
     *
     * @param element the row-major index of the element
     * @return the index of its scale
     */
    public int scaleOf(int element) {
        int row = element / columns;
        return row / rows * outerStride
                + row % rows / blockRows * rowStride
                + element % columns / blockColumns;
    }

    /**
     * Visits every element once, in row-major order, in runs that share a scale.
     *
     * @param run takes the runs
     */
    public void forEachRun(Run run) {
        int size = size();
        for (int start = 0, row = 0; start < size; row++) {
            int first = row / rows * outerStride + row % rows / blockRows * rowStride;
            int end = start + columns;
            for (int scale = first; start < end; scale++) {
                int to = Math.min(end - start, blockColumns) + start;
                run.accept(scale, start, to);
                start = to;
            }
        }
    }

    /**
     * Checks that an array holds a tensor of this layout.
     *
     * @param elements the number of elements of the array
     * @throws IllegalArgumentException if the number differs from the shape's
     */
    public void requireSize(int elements) {
        if (elements != size()) {
            throw new IllegalArgumentException(
                    elements + " values were given for a shape of " + size() + " elements.");
        }
    }
}
