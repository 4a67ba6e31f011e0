package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The description of an array of an optimizer's state, which starts as zeros.
 *
 * @param shape its shape
 * @param dataType its data type
 */
record Slot(Shape shape, DataType dataType) {

    static Slot like(Shape weight) {
        return new Slot(weight, DataType.FLOAT32);
    }
}
