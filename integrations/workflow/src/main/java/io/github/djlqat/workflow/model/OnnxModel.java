package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.onnx.OnnxVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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

    @Override
    public NDList predict(NDList inputs) throws IOException {
        return session.run(inputs.head().getManager(), inputs);
    }

    @Override
    public void close() {
        session.close();
    }
}
