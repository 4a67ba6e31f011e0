package io.github.djlqat.workflow.model;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.TorchScriptLayers;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TorchScript model, in floating point or prepared; it is loaded when it is first run. */
public final class ScriptModel extends FileModel {

    private final TorchScriptArchive archive;
    private @Nullable Model loaded;

    /**
     * Creates a model.
     *
     * @param path its file
     * @param archive what the file holds
     * @param inputShapes the shapes of its inputs, with a batch of 1; empty if they are not known
     */
    public ScriptModel(Path path, TorchScriptArchive archive, List<Shape> inputShapes) {
        super(TorchScriptReader.FORMAT, path, inputShapes);
        this.archive = archive;
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
            known = TorchScriptQuantization.load(path());
            loaded = known;
        }
        return known;
    }

    @Override
    public List<ParameterInfo> parameters() throws IOException {
        return parameters(model().getBlock());
    }

    @Override
    public NDList predict(NDList inputs) throws IOException {
        return infer(model().getBlock(), inputs);
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}
