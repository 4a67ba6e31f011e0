package io.github.djlqat.workflow;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ParameterInfo;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A TorchScript archive that was loaded by the engine, which reads files only.
 *
 * @param model the loaded model
 */
record PreparedScript(Model model) implements AutoCloseable {

    static PreparedScript load(TorchScriptArchive archive) throws IOException {
        Path file = Files.createTempFile("djl-qat", ".pt");
        try {
            archive.write(file);
            return new PreparedScript(TorchScriptQuantization.load(file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Returns the model in the place of the one that it was made of; it stays this one's to close.
     */
    OpenedModel opened(ScriptModel source) {
        return new OpenedModel() {
            @Override
            public String format() {
                return source.format();
            }

            @Override
            public Path path() {
                return source.path();
            }

            @Override
            public List<Shape> inputShapes() {
                return source.inputShapes();
            }

            @Override
            public List<ParameterInfo> parameters() throws IOException {
                return source.parameters();
            }

            @Override
            public long bytes() throws IOException {
                return source.bytes();
            }

            @Override
            public NDList predict(NDList inputs) {
                return model.getBlock()
                        .forward(
                                new ParameterStore(inputs.head().getManager(), false),
                                inputs,
                                false);
            }

            @Override
            public void close() {
                // The model is closed by its owner.
            }
        };
    }

    @Override
    public void close() {
        model.close();
    }
}
