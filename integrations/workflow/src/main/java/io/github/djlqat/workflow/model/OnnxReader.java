package io.github.djlqat.workflow.model;

import io.github.djlqat.onnx.OnnxVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads ONNX files, to run them in ONNX Runtime. */
public final class OnnxReader implements ModelReader {

    static final String FORMAT = "onnx";

    /** Creates the reader. */
    public OnnxReader() {}

    @Override
    public String format() {
        return FORMAT;
    }

    @Override
    public String description() {
        return "ONNX files (.onnx), to evaluate and compare";
    }

    @Override
    public boolean supports(Path path) {
        return Files.isRegularFile(path)
                && String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    @Override
    public OpenedModel open(ModelSource source) throws IOException {
        OnnxFile.check(source.path());
        return new OnnxModel(
                source.path(),
                OnnxVerifier.load(source.path()),
                Batches.require(source.path(), Batches.ofOne(source.inputShapes())));
    }
}
