package io.github.djlqat.onnx;

/**
 * A whole number that may follow the batch size \( b \): \( f b + o \), or a constant where the
 * factor is 0.
 *
 * @param factor the factor \( f \)
 * @param offset the offset \( o \), or the constant
 */
record Extent(long factor, long offset) {

    static Extent of(long constant) {
        return new Extent(0, constant);
    }

    boolean isConstant() {
        return factor == 0;
    }

    Extent plus(long addend) {
        return new Extent(factor, offset + addend);
    }
}
