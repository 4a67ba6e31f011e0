package io.github.djlqat.workflow.model;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads TorchScript files, the ones of {@code torch.jit.save}. */
public final class TorchScriptReader implements ModelReader {

    static final String FORMAT = "torchscript";

    /** Creates the reader. */
    public TorchScriptReader() {}

    @Override
    public String format() {
        return FORMAT;
    }

    @Override
    public String description() {
        return "TorchScript files (.pt, .pth, .jit)";
    }

    @Override
    public boolean supports(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return Files.isRegularFile(path)
                && (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".jit"));
    }

    @Override
    public OpenedModel open(ModelSource source) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(source.path());
        try {
            archive.data();
        } catch (TorchScriptException e) {
            throw new TorchScriptException(
                    source.path()
                            + " holds no TorchScript model: "
                            + e.getMessage()
                            + " Files of torch.save hold weights only; write the model by"
                            + " torch.jit.save(torch.jit.trace(model, input), path).",
                    e);
        }
        return new ScriptModel(
                source.path(),
                archive,
                Batches.require(source.path(), Batches.ofOne(source.inputShapes())));
    }
}
