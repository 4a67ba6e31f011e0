package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Weights without an architecture, which can be looked at and nothing else. */
final class TensorsOnly implements OpenedModel {

    private final Path path;
    private final List<ParameterInfo> tensors;

    TensorsOnly(Path path, List<ParameterInfo> tensors) {
        this.path = path;
        this.tensors = List.copyOf(tensors);
    }

    @Override
    public String format() {
        return SafetensorsReader.FORMAT;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Shape> inputShapes() {
        return List.of();
    }

    @Override
    public List<ParameterInfo> parameters() {
        return tensors;
    }

    @Override
    public long bytes() throws IOException {
        return FileSizes.of(path);
    }

    @Override
    public NDList predict(NDList inputs) {
        throw new IllegalArgumentException(
                path
                        + " holds weights and no architecture; name the class that makes the block"
                        + " as the block factory.");
    }

    @Override
    public boolean isRunnable() {
        return false;
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
