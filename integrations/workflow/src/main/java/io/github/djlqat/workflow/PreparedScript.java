package io.github.djlqat.workflow;

import ai.djl.Model;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    @Override
    public void close() {
        model.close();
    }
}
