package io.github.djlqat.workflow.model;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlqat.torchscript.TorchScriptLayers;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A TorchScript model, in floating point or prepared; it is loaded when it is first run. */
public final class ScriptModel implements OpenedModel {

    private final Path path;
    private final TorchScriptArchive archive;
    private final List<Shape> inputShapes;
    private @Nullable Model loaded;

    /**
     * Creates a model.
     *
     * @param path its file
     * @param archive what the file holds
     * @param inputShapes the shapes of its inputs, with a batch of 1; empty if they are not known
     */
    public ScriptModel(Path path, TorchScriptArchive archive, List<Shape> inputShapes) {
        this.path = path;
        this.archive = archive;
        this.inputShapes = List.copyOf(inputShapes);
    }

    @Override
    public String format() {
        return TorchScriptReader.FORMAT;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Shape> inputShapes() {
        return inputShapes;
    }

    /**
     * Returns what the file holds.
     *
     * @return the archive
     */
    public TorchScriptArchive archive() {
        return archive;
    }

    /**
     * Tells whether the model has quantizers.
     *
     * @return whether it was prepared
     */
    public boolean isPrepared() {
        return TorchScriptLayers.isPrepared(archive);
    }

    /**
     * Returns the loaded model.
     *
     * @return the model, closed with this
     * @throws IOException if the file cannot be read
     */
    public Model model() throws IOException {
        Model known = loaded;
        if (known == null) {
            known = TorchScriptQuantization.load(path);
            loaded = known;
        }
        return known;
    }

    @Override
    public List<ParameterInfo> parameters() throws IOException {
        List<ParameterInfo> found = new ArrayList<>();
        for (Pair<String, Parameter> pair : model().getBlock().getParameters()) {
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

    @Override
    public long bytes() throws IOException {
        return FileSizes.of(path);
    }

    @Override
    public NDList predict(NDList inputs) throws IOException {
        return model().getBlock()
                .forward(new ParameterStore(inputs.head().getManager(), false), inputs, false);
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}
