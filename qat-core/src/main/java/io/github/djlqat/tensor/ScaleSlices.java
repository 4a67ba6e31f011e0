package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.ScaleLayout;
import java.util.Arrays;

/** Which scales of a tensor the elements of a range of its first axis use. */
final class ScaleSlices {

    private ScaleSlices() {}

    /** The scale of the whole tensor that each scale of the slice is. */
    static int[] indices(Granularity granularity, Shape shape, RowRange rows) {
        ScaleLayout whole = ScaleLayout.of(granularity, shape);
        ScaleLayout part = ScaleLayout.of(granularity, rows.of(shape));
        int first = rows.firstElement(shape);
        int[] indices = new int[part.count()];
        Arrays.fill(indices, -1);
        for (int i = 0; i < part.size(); i++) {
            int index = whole.scaleOf(first + i);
            int at = part.scaleOf(i);
            if (indices[at] >= 0 && indices[at] != index) {
                throw new IllegalArgumentException(
                        "Rows "
                                + rows.from()
                                + " to "
                                + rows.to()
                                + " of shape "
                                + shape
                                + " cut through elements that share a scale "
                                + granularity
                                + ".");
            }
            indices[at] = index;
        }
        return indices;
    }
}
