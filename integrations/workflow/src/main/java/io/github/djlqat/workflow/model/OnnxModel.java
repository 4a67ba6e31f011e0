package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.onnx.OnnxVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An ONNX file, run by ONNX Runtime. */
public final class OnnxModel implements OpenedModel {

    private final Path path;
    private final OnnxVerifier session;
    private final List<Shape> inputShapes;

    OnnxModel(Path path, OnnxVerifier session, List<Shape> inputShapes) {
        this.path = path;
        this.session = session;
        this.inputShapes = List.copyOf(inputShapes);
    }

    @Override
    public String format() {
        return OnnxReader.FORMAT;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Shape> inputShapes() {
        return inputShapes;
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
    public long bytes() throws IOException {
        return FileSizes.of(path);
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
