package io.github.djlqat.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A tensor that a graph computes or takes in, assigned once.
 *
 * @param id a number that no other value of the graph has
 * @param shape the shape seen while tracing
 * @param dataType the data type seen while tracing
 */
public record Value(int id, Shape shape, DataType dataType) {
    @Override
    public String toString() {
        return "%" + id;
    }
}
