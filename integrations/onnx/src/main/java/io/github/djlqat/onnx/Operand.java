package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A tensor of the ONNX graph that is being built.
 *
 * @param name its unique name in the ONNX graph
 * @param shape its shape at the traced batch size
 * @param dataType its element type
 */
public record Operand(String name, Shape shape, DataType dataType) {

    /**
     * Returns the number of dimensions.
     *
     * @return the number of dimensions
     */
    public int rank() {
        return shape.dimension();
    }

    /**
     * Returns an axis counted from the front.
     *
     * @param axis an axis, negative to count from the last
     * @return the axis, at least 0
     */
    public int axis(int axis) {
        return axis < 0 ? axis + rank() : axis;
    }

    Operand named(String newName) {
        return new Operand(newName, shape, dataType);
    }

    Operand typed(String newName, DataType newType) {
        return new Operand(newName, shape, newType);
    }
}
