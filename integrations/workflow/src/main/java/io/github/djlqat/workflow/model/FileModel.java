package io.github.djlqat.workflow.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What opened models have in common: where they are, and what their inputs are. */
abstract class FileModel implements OpenedModel {

    private final String format;
    private final Path path;
    private final List<Shape> inputShapes;

    FileModel(String format, Path path, List<Shape> inputShapes) {
        this.format = format;
        this.path = path;
        this.inputShapes = List.copyOf(inputShapes);
    }

    @Override
    public final String format() {
        return format;
    }

    @Override
    public final Path path() {
        return path;
    }

    @Override
    public final List<Shape> inputShapes() {
        return inputShapes;
    }

    @Override
    public final long bytes() throws IOException {
        return FileSizes.of(path);
    }

    /** Runs a block in inference. */
    static NDList infer(Block block, NDList inputs) {
        return block.forward(new ParameterStore(inputs.head().getManager(), false), inputs, false);
    }

    /** Lists the parameters of a block that have arrays. */
    static List<ParameterInfo> parameters(Block block) {
        List<ParameterInfo> found = new ArrayList<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            Parameter parameter = pair.getValue();
            if (parameter.isInitialized()) {
                found.add(
                        ParameterInfo.of(
                                Objects.requireNonNull(pair.getKey()),
                                parameter.getArray().getDataType().name().toLowerCase(Locale.ROOT),
                                parameter.getArray().getShape()));
            }
        }
        return found;
    }
}
