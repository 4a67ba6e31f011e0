package io.github.djlqat.onnx;

import java.util.List;

/**
 * A whole number that may follow dynamic sizes: \( f \prod_k b_k + o \), or a constant \( o \)
 * where there are no sizes.
 *
 * @param factor the factor \( f \)
 * @param axes the numbers of the dynamic axes whose sizes \( b_k \) are multiplied, ascending
 * @param offset the offset \( o \), or the constant
 */
record Extent(long factor, List<Integer> axes, long offset) {

    static Extent of(long constant) {
        return new Extent(0, List.of(), constant);
    }

    /** Returns the size of a dynamic axis. */
    static Extent size(int axis) {
        return new Extent(1, List.of(axis), 0);
    }

    boolean isConstant() {
        return axes.isEmpty();
    }

    /** Whether it is the size of one axis, as it is. */
    boolean isSize() {
        return factor == 1 && axes.size() == 1 && offset == 0;
    }

    Extent plus(long addend) {
        return new Extent(factor, axes, offset + addend);
    }
}
