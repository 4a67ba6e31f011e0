package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;

/**
 * The axis whose size two traces differ in, and that may have any size in the exported model.
 *
 * @param name the name of its size
 * @param input the number of an input that has the axis
 * @param axis the axis of that input
 */
record DynamicAxis(String name, int input, int axis) {

    static final DynamicAxis BATCH = new DynamicAxis("batch", 0, 0);

    /** Returns the size in a trace, or -1 for an input that is a scalar. */
    long size(Graph graph) {
        if (graph.inputs().isEmpty()) {
            throw new OnnxExportException(
                    "The graph has no inputs; a model that can be exported takes at least one tensor.");
        }
        if (this == BATCH && graph.inputs().get(0).shape().dimension() == 0) {
            return -1;
        }
        if (input >= graph.inputs().size()) {
            throw new OnnxExportException(
                    "The dynamic axis "
                            + name
                            + " is one of input "
                            + input
                            + ", but the model has "
                            + graph.inputs().size()
                            + " inputs.");
        }
        Shape shape = graph.inputs().get(input).shape();
        if (axis >= shape.dimension()) {
            throw new OnnxExportException(
                    "The dynamic axis "
                            + name
                            + " is axis "
                            + axis
                            + " of input "
                            + input
                            + ", whose shape is "
                            + shape
                            + ".");
        }
        return shape.get(axis);
    }

    /** Names the size in errors. */
    String size() {
        return this == BATCH ? "batch size" : "size of " + name;
    }
}
