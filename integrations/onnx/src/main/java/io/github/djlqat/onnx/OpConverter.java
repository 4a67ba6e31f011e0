package io.github.djlqat.onnx;

/** Writes one kind of operation as ONNX nodes. */
@FunctionalInterface
public interface OpConverter {

    /**
     * Adds the nodes that compute a node of the traced graph, and binds its outputs.
     *
     * @param node the node, with its arguments and the ONNX graph to add to
     * @throws OnnxExportException if the arguments have no ONNX form
     */
    void convert(NodeContext node);
}
