package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.torchscript.error.TorchScriptException;

/**
 * An axis that may have any size in the exported model.
 *
 * @param name the name of its size
 * @param input the number of an input that has the axis
 * @param axis the axis of that input
 */
record DynamicAxis(String name, int input, int axis) {

    static final DynamicAxis BATCH = new DynamicAxis("batch size", 0, 0);

    /**
     * Returns the size in a trace.
     *
     * @throws TorchScriptException if the trace has no such axis, or nothing along it
     */
    long size(Graph graph) {
        Shape shape = input < graph.inputs().size() ? graph.inputs().get(input).shape() : null;
        if (shape == null || axis >= shape.dimension() || shape.get(axis) < 1) {
            throw new TorchScriptException(
                    "The "
                            + name
                            + " is axis "
                            + axis
                            + " of input "
                            + input
                            + (shape == null
                                    ? ", but the model has " + graph.inputs().size() + " inputs."
                                    : ", whose shape is "
                                            + shape
                                            + "; at least 1 is legal there."));
        }
        return shape.get(axis);
    }
}
