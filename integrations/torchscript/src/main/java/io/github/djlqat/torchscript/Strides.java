package io.github.djlqat.torchscript;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Walks through a tensor's elements in row-major order, and tells where each lies. */
final class Strides {

    private final List<Long> shape;
    private final List<Long> stride;
    private final long[] index;
    private long position;

    Strides(List<Long> shape, List<Long> stride) {
        this.shape = shape;
        this.stride = stride;
        index = new long[shape.size()];
    }

    /** The distance of the present element from the first one. */
    long position() {
        return position;
    }

    void next() {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            position += stride.get(axis);
            if (++index[axis] < shape.get(axis)) {
                return;
            }
            position -= shape.get(axis) * stride.get(axis);
            index[axis] = 0;
        }
    }

    /** The strides of a tensor whose last axis is the innermost. */
    static List<Long> rowMajor(List<Long> shape) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape.size(); axis++) {
            axes.add(axis);
        }
        return dense(shape, axes);
    }

    /**
     * Other strides of the shape if they leave no gaps, else those in row-major order, as a kernel
     * lays out its result. Kernels that choose by memory layout then compute the same bits.
     */
    static List<Long> like(List<Long> shape, List<Long> other) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape.size(); axis++) {
            axes.add(axis);
        }
        axes.sort(Comparator.comparing((Integer axis) -> other.get(axis)).reversed());
        List<Long> dense = dense(shape, axes);
        return dense.equals(other) ? dense : rowMajor(shape);
    }

    private static List<Long> dense(List<Long> shape, List<Integer> outermostFirst) {
        List<Long> strides = new ArrayList<>(shape);
        long stride = 1;
        for (int i = outermostFirst.size() - 1; i >= 0; i--) {
            int axis = outermostFirst.get(i);
            strides.set(axis, stride);
            stride *= Math.max(1, shape.get(axis));
        }
        return strides;
    }
}
