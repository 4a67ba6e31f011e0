package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import org.jspecify.annotations.Nullable;

/**
 * How the scales of a tensor are shaped so that they broadcast against it.
 *
 * @param scaleShape the shape of the scales
 * @param original the shape of the tensor
 * @param grouped the shape of the tensor with its grouped axis split in two, or null where none is
 */
record ScaleShape(Shape scaleShape, Shape original, @Nullable Shape grouped) {

    static ScaleShape of(Granularity granularity, Shape shape) {
        if (granularity instanceof Granularity.PerChannel channel) {
            long[] dimensions = new long[shape.dimension()];
            for (int i = 0; i < dimensions.length; i++) {
                dimensions[i] = i == channel.axis() ? shape.get(i) : 1;
            }
            return new ScaleShape(new Shape(dimensions), shape, null);
        }
        if (granularity instanceof Granularity.PerGroup group) {
            int rank = shape.dimension();
            long[] split = new long[rank + 1];
            long[] scales = new long[rank + 1];
            for (int i = 0, j = 0; i < rank; i++) {
                if (i == group.axis()) {
                    split[j] = shape.get(i) / group.size();
                    scales[j++] = shape.get(i) / group.size();
                    split[j] = group.size();
                    scales[j++] = 1;
                } else {
                    split[j] = shape.get(i);
                    scales[j++] = shape.get(i);
                }
            }
            return new ScaleShape(new Shape(scales), shape, new Shape(split));
        }
        return new ScaleShape(new Shape(1), shape, null);
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
        NDArray view = x.reshape(grouped);
        view.attach(manager);
        return view;
    }

    NDArray ungroup(NDArray x) {
        return grouped == null ? x : x.reshape(original);
    }
}
