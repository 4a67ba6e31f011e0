package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.FileSizes;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a model as a file of another kind. */
public final class ExportTask implements Task<ExportRequest, ExportResult> {

    /** On how many samples a quantized script and what it is lifted to are compared. */
    private static final int COMPARED = 32;

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
                    @Nullable Samples samples =
                            request.data() == null ? null : SampleReaders.read(request.data());
                    try (OpenedModel opened = ModelReaders.open(request.model());
                            OpenedModel model = lifted(opened, samples, format);
                            Progress.Step step = progress.start("export", 1)) {
                        Interruption.check();
                        export(model, samples, format, output);
                        step.update(1, "");
                        return new ExportResult(
                                model.path().toString(),
                                format,
                                output.toString(),
                                FileSizes.of(output),
                                (System.nanoTime() - start) / 1e9);
                    }
                });
    }

    /** Lifts what is written as ONNX: a quantized script with the scales that its file has. */
    private static OpenedModel lifted(
            OpenedModel opened, @Nullable Samples samples, ExportFormat format) throws IOException {
        if (samples != null) {
            Models.requireFit(opened, samples);
        }
        if (samples == null
                || format != ExportFormat.ONNX
                || !(opened instanceof ScriptModel script)
                || !script.isPrepared()) {
            return Lifting.forOutput(opened, format);
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Batch batch = samples.dataset(COMPARED).getData(manager).iterator().next()) {
            return QuantizedScript.lift(script, null, batch.getData()).model();
        }
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
                            + format.name().toLowerCase(Locale.ROOT)
                            + ".");
        }
    }
}
