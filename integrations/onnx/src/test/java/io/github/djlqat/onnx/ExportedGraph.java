package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.graph.Graph;
import java.nio.file.Path;

/**
 * Exports graphs as they are by default, and runs what was written.
 *
 * @param folder where the file is written
 */
record ExportedGraph(Path folder) {

    Path export(Graph graph) throws Exception {
        Path file = folder.resolve("model.onnx");
        OnnxExporter.builder().build().export(graph, file);
        return file;
    }

    float[] run(Graph graph, float[] data, long... shape) throws Exception {
        try (OnnxVerifier verifier = OnnxVerifier.load(export(graph))) {
            return verifier.run(data, new Shape(shape));
        }
    }

    static TensorProto initializer(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream()
                .filter(t -> t.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
