package io.github.djlqat.scheme;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Which scale each element of a tensor uses, for one granularity and one shape.
 *
 * <p>The tensor is seen as \( outer \times length \times inner \) around the granularity's axis.
 */
public final class ScaleLayout {

    private final int outer;
    private final int length;
    private final int inner;
    private final int groupSize;
    private final int outerStride;
    private final int groupStride;
    private final int innerStride;
    private final int count;

    private ScaleLayout(
            int[] extents,
            int groupSize,
            int outerStride,
            int groupStride,
            int innerStride,
            int count) {
        this.outer = extents[0];
        this.length = extents[1];
        this.inner = extents[2];
        this.groupSize = groupSize;
        this.outerStride = outerStride;
        this.groupStride = groupStride;
        this.innerStride = innerStride;
        this.count = count;
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
     *     the axis, or the tensor is too large
     */
    public static ScaleLayout of(Granularity granularity, Shape shape) {
        long[] dimensions = shape.getShape();
        int size = elements(shape);
        if (granularity instanceof Granularity.PerChannel channel) {
            int[] extents = extents(dimensions, channel.axis(), shape, granularity);
            return new ScaleLayout(extents, 1, 0, 1, 0, extents[1]);
        }
        if (granularity instanceof Granularity.PerGroup group) {
            int[] extents = extents(dimensions, group.axis(), shape, granularity);
            if (extents[1] % group.size() != 0) {
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
            int groups = extents[1] / group.size();
            return new ScaleLayout(
                    extents,
                    group.size(),
                    groups * extents[2],
                    extents[2],
                    1,
                    extents[0] * groups * extents[2]);
        }
        return new ScaleLayout(new int[] {1, 1, size}, 1, 0, 0, 0, 1);
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
        if (axis >= dimensions.length) {
            throw new IllegalArgumentException(
                    "Shape "
                            + shape
                            + " has no axis "
                            + axis
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
        return outer * length * inner;
    }

    /**
     * Returns the scale of an element.
     *
     * @param element the row-major index of the element
     * @return the index of its scale
     */
    public int scaleOf(int element) {
        int within = element % inner;
        int row = element / inner;
        return row / length * outerStride
                + row % length / groupSize * groupStride
                + within * innerStride;
    }

    /**
     * Visits every element once, in row-major order, in runs that share a scale.
     *
     * @param run takes the runs
     */
    public void forEachRun(Run run) {
        if (size() == 0) {
            return;
        }
        if (groupStride == 0) {
            run.accept(0, 0, size());
        } else if (innerStride == 0) {
            forEachChannel(run);
        } else if (inner == 1) {
            int start = 0;
            for (int scale = 0; scale < count; scale++, start += groupSize) {
                run.accept(scale, start, start + groupSize);
            }
        } else {
            for (int element = 0; element < size(); element++) {
                run.accept(scaleOf(element), element, element + 1);
            }
        }
    }

    private void forEachChannel(Run run) {
        int start = 0;
        for (int o = 0; o < outer; o++) {
            for (int channel = 0; channel < length; channel++, start += inner) {
                run.accept(channel, start, start + inner);
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
