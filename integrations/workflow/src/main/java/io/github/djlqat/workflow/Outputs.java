package io.github.djlqat.workflow;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.export.TorchScriptExporter;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.DjlFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes models as files of each kind. */
final class Outputs {

    private Outputs() {}

    /**
     * Checks, before the work is done, that a model can be written.
     *
     * @throws WorkflowException if the folder that it goes to is not there, or it is one itself
     *     where a file is written
     * @throws IOException if it is a folder of something else than a model
     */
    static void requireWritable(Path output, ExportFormat format) throws IOException {
        if (format == ExportFormat.DJL) {
            requireFolderOf(output);
            DjlFolder.requireReplaceable(output);
        } else {
            requireWritableFile(output);
        }
    }

    /**
     * Checks, before the work is done, that a file can be written.
     *
     * @throws WorkflowException if the folder that it goes to is not there, or it is one itself
     */
    static void requireWritableFile(Path output) {
        requireFolderOf(output);
        if (Files.isDirectory(output)) {
            throw new WorkflowException(
                    "Cannot write " + output + ": it is a directory; give the name of a file.");
        }
    }

    private static void requireFolderOf(Path output) {
        Path folder = output.toAbsolutePath().normalize().getParent();
        if (output.toString().isEmpty()) {
            throw new WorkflowException("The output has no name; give one, such as int8.pt.");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw new WorkflowException(
                    "Cannot write " + output + ": there is no directory " + folder + ".");
        }
        if (!Files.isWritable(folder)) {
            throw new WorkflowException(
                    "Cannot write " + output + ": the directory " + folder + " is not writable.");
        }
    }

    /**
     * Checks that an output does not take the place of what it is made from.
     *
     * @throws WorkflowException if it is the same file or folder as one of the inputs
     */
    static void requireApart(Path output, @Nullable Path... inputs) throws IOException {
        for (@Nullable Path input : inputs) {
            if (input != null
                    && Files.exists(output)
                    && Files.exists(input)
                    && Files.isSameFile(output, input)) {
                throw new WorkflowException(
                        "Cannot write "
                                + output
                                + ": it is an input, which would be lost; give another name.");
            }
        }
    }

    /** Checks that a TorchScript model is asked for as a TorchScript file. */
    static void requireScript(Path model, Path output) {
        if (ExportFormat.of(output) != ExportFormat.TORCHSCRIPT) {
            throw new WorkflowException(
                    "The TorchScript model "
                            + model
                            + " is written as a TorchScript or an ONNX file; give an output that ends in"
                            + " .pt or .onnx, not "
                            + output
                            + ".");
        }
    }

    static void write(BlockModel model, ExportFormat format, Path output) throws IOException {
        write(model, null, format, output);
    }

    /** Writes a model whose inputs are as samples are, where there are any. */
    static void write(BlockModel model, @Nullable Samples samples, ExportFormat format, Path output)
            throws IOException {
        switch (format) {
            case DJL -> DjlFolder.write(model, output);
            case SAFETENSORS -> SafetensorsLoader.save(model.plainBlock(), output);
            case ONNX -> {
                List<Graph> graphs = graphs(model, samples);
                OnnxExporter.builder()
                        .optModelName(model.model().getName())
                        .build()
                        .export(graphs.get(0), graphs.get(1), output);
            }
            case TORCHSCRIPT -> {
                List<Graph> graphs = graphs(model, samples);
                TorchScriptExporter.export(graphs.get(0), graphs.get(1)).write(output);
            }
        }
    }

    static void write(TorchScriptArchive model, Path output) throws IOException {
        model.write(output);
    }

    /** Returns the model's program at two batch sizes. */
    private static List<Graph> graphs(BlockModel model, @Nullable Samples samples) {
        if (model.prepared().isPresent()) {
            ConvertedModel converted = Quantization.convert(model.prepared().get());
            return converted.graphs();
        }
        List<Shape> shapes =
                samples == null
                        ? Models.requireInputShapes(model)
                        : List.of(Models.inputShapes(model, samples));
        return Stream.of(2, 3)
                .map(
                        batch ->
                                Layers.trace(
                                        model.block(),
                                        model.model().getNDManager(),
                                        shapes,
                                        samples,
                                        batch))
                .toList();
    }
}
