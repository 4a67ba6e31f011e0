package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import org.jspecify.annotations.Nullable;

/**
 * How the scales of a tensor are shaped so that they broadcast against it.
 *
 * @param scaleShape the shape of the scales
 * @param original the shape of the tensor
 * @param padded the shape of the tensor with its cut axes filled up to whole groups
 * @param grouped the padded shape with each cut axis split in two, or null where none is
 */
record ScaleShape(Shape scaleShape, Shape original, Shape padded, @Nullable Shape grouped) {

    static ScaleShape of(Granularity granularity, Shape shape) {
        int rank = shape.dimension();
        if (granularity instanceof Granularity.PerChannel channel) {
            long[] dimensions = new long[rank];
            for (int i = 0; i < rank; i++) {
                dimensions[i] = i == channel.axis() ? shape.get(i) : 1;
            }
            return new ScaleShape(new Shape(dimensions), shape, shape, null);
        }
        if (granularity instanceof Granularity.PerToken) {
            long[] dimensions = shape.getShape().clone();
            dimensions[rank - 1] = 1;
            return new ScaleShape(new Shape(dimensions), shape, shape, null);
        }
        long[] sizes = new long[rank];
        if (granularity instanceof Granularity.PerGroup group) {
            sizes[group.axis()] = group.size();
            return cut(shape, sizes);
        }
        if (granularity instanceof Granularity.PerBlock block) {
            sizes[rank - 2] = block.rows();
            sizes[rank - 1] = block.columns();
            return cut(shape, sizes);
        }
        return new ScaleShape(new Shape(1), shape, shape, null);
    }

    /** Cuts the axes whose size is not 0 into groups of that size. */
    private static ScaleShape cut(Shape shape, long[] sizes) {
        Shape padded = new Shape();
        Shape split = new Shape();
        Shape scales = new Shape();
        for (int axis = 0; axis < sizes.length; axis++) {
            long length = shape.get(axis);
            long size = sizes[axis];
            if (size == 0) {
                padded = padded.add(length);
                split = split.add(length);
                scales = scales.add(length);
            } else {
                long groups = (length + size - 1) / size;
                padded = padded.add(groups * size);
                split = split.add(groups, size);
                scales = scales.add(groups, 1);
            }
        }
        return new ScaleShape(scales, shape, padded, split);
    }

    boolean isGrouped() {
        return grouped != null;
    }

    boolean fits(Shape shape) {
        return original.equals(shape);
    }

    NDArray group(NDManager manager, NDArray x) {
        if (grouped == null) {
            return x;
        }
        NDArray whole = x;
        for (int axis = 0; axis < original.dimension(); axis++) {
            long missing = padded.get(axis) - original.get(axis);
            if (missing > 0) {
                long[] shape = whole.getShape().getShape().clone();
                shape[axis] = missing;
                NDArray zeros = manager.zeros(new Shape(shape), x.getDataType());
                whole = whole.concat(zeros, axis);
                whole.attach(manager);
            }
        }
        NDArray view = whole.reshape(grouped);
        view.attach(manager);
        return view;
    }

    NDArray ungroup(NDArray x) {
        if (grouped == null) {
            return x;
        }
        NDArray whole = x.reshape(padded);
        if (padded.equals(original)) {
            return whole;
        }
        NDIndex index = new NDIndex();
        for (long length : original.getShape()) {
            index.addSliceDim(0, length);
        }
        return whole.get(index);
    }
}
