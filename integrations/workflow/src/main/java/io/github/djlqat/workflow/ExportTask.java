package io.github.djlqat.workflow;

import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes a model as a file of another kind. */
public final class ExportTask implements Task<ExportRequest, ExportResult> {

    /** Creates the task. */
    public ExportTask() {}

    @Override
    public ExportResult run(ExportRequest request, Progress progress) {
        long start = System.nanoTime();
        return Guard.run(
                () -> {
                    Path output = request.output();
                    ExportFormat format =
                            request.format() != null ? request.format() : ExportFormat.of(output);
                    Outputs.requireWritable(output, format);
                    Outputs.requireApart(output, request.model().path());
                    try (OpenedModel opened = ModelReaders.open(request.model());
                            OpenedModel model = Lifting.forOutput(opened, format);
                            Progress.Step step = progress.start("export", 1)) {
                        Interruption.check();
                        @Nullable Samples samples =
                                request.data() == null ? null : SampleReaders.read(request.data());
                        if (samples != null) {
                            Models.requireFit(model, samples);
                        }
                        export(model, samples, format, output);
                        step.update(1, "");
                        return new ExportResult(
                                model.path().toString(),
                                format,
                                output.toString(),
                                Outputs.bytes(output),
                                (System.nanoTime() - start) / 1e9);
                    }
                });
    }

    private static void export(
            OpenedModel model, @Nullable Samples samples, ExportFormat format, Path output)
            throws IOException {
        if (model instanceof BlockModel block) {
            Outputs.write(block, samples, format, output);
        } else if (!(model instanceof ScriptModel script)) {
            throw Models.notQuantizable(model);
        } else if (format == ExportFormat.SAFETENSORS) {
            SafetensorsLoader.save(script.model().getBlock(), output);
        } else if (format == ExportFormat.TORCHSCRIPT) {
            Outputs.write(
                    script.isPrepared()
                            ? TorchScriptQuantization.convert(script.model())
                            : script.archive(),
                    output);
        } else {
            throw new WorkflowException(
                    "The TorchScript model "
                            + model.path()
                            + " is exported as onnx, torchscript or safetensors, not as "
                            + format.name().toLowerCase(java.util.Locale.ROOT)
                            + ".");
        }
    }
}
