package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;

/**
 * A tensor as a matrix whose rows are what is summed over, which blocks of values run along: one
 * row for each output channel of a weight, one for each position of an activation.
 */
final class Rows {

    private Rows() {}

    /** Returns the matrix, a view or a copy. */
    static NDArray of(NDArray x, FormatUse use) {
        int[] order = order(x.getShape().dimension(), use);
        long length =
                use.weight()
                        ? x.getShape().size() / x.getShape().get(use.axis())
                        : x.getShape().get(use.axis());
        return x.transpose(order).reshape(new Shape(-1, length));
    }

    /** Returns a matrix in the shape of the tensor that it was made of. */
    static NDArray back(NDArray rows, Shape shape, FormatUse use) {
        int[] order = order(shape.dimension(), use);
        long[] moved = IntStream.of(order).mapToLong(shape::get).toArray();
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        return rows.reshape(new Shape(moved)).transpose(inverse);
    }

    /** The axis of a weight's outputs comes first; that of an activation's channels last. */
    private static int[] order(int rank, FormatUse use) {
        IntStream others = IntStream.range(0, rank).filter(i -> i != use.axis());
        IntStream own = IntStream.of(use.axis());
        return (use.weight() ? IntStream.concat(own, others) : IntStream.concat(others, own))
                .toArray();
    }
}
