package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.types.DataType;

/**
 * A tensor without axes whose value does not depend on the inputs' elements, as traces compute with
 * sizes.
 *
 * @param value a {@code Long}, {@code Double} or {@code Boolean}
 * @param type its element type
 */
record Scalar(Object value, DataType type) {

    static Scalar of(Object value) {
        DataType type =
                value instanceof Double
                        ? DataType.FLOAT32
                        : value instanceof Long ? DataType.INT64 : DataType.BOOLEAN;
        return new Scalar(value, type);
    }

    Number number() {
        return value instanceof Boolean bool ? (bool ? 1L : 0L) : (Number) value;
    }
}
