package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import java.nio.file.Path;
import java.util.List;

/** Weights without an architecture, which can be looked at and nothing else. */
final class TensorsOnly extends FileModel {

    private final List<ParameterInfo> tensors;

    TensorsOnly(Path path, List<ParameterInfo> tensors) {
        super(SafetensorsReader.FORMAT, path, List.of());
        this.tensors = List.copyOf(tensors);
    }

    @Override
    public List<ParameterInfo> parameters() {
        return tensors;
    }

    @Override
    public NDList predict(NDList inputs) {
        throw new IllegalArgumentException(
                path()
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
