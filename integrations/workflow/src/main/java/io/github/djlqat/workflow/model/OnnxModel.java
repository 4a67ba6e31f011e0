package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.onnx.OnnxVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An ONNX file, run by ONNX Runtime. */
public final class OnnxModel extends FileModel {

    private final OnnxVerifier session;

    OnnxModel(Path path, OnnxVerifier session, List<Shape> inputShapes) {
        super(OnnxReader.FORMAT, path, inputShapes);
        this.session = session;
    }

    /** {@inheritDoc} An ONNX file's parameters are not listed. */
    @Override
    public List<ParameterInfo> parameters() {
        return List.of();
    }

    /**
     * Counts the operations that ONNX Runtime runs after its optimizations.
     *
     * @return the number of nodes by their type
     * @throws IOException if the runtime refuses
     */
    public Map<String, Integer> opTypes() throws IOException {
        return session.opTypes();
    }

    @Override
    public NDList predict(NDList inputs) throws IOException {
        return session.run(inputs.head().getManager(), inputs);
    }

    @Override
    public void close() {
        session.close();
    }
}
