package io.github.djlqat.workflow;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Quantizes a model after training: prepares, calibrates, converts and writes it. */
public final class QuantizeTask implements Task<QuantizeRequest, QuantizeResult> {

    /** Creates the task. */
    public QuantizeTask() {}

    @Override
    public QuantizeResult run(QuantizeRequest request, Progress progress) {
        long start = System.nanoTime();
        @Nullable Recipe recipe = request.recipe() == null ? null : Recipes.load(request.recipe());
        return Guard.run(
                () -> {
                    Outputs.requireWritable(request.output(), ExportFormat.of(request.output()));
                    try (OpenedModel opened = ModelReaders.open(request.model());
                            OpenedModel model =
                                    Lifting.forOutput(opened, ExportFormat.of(request.output()))) {
                        if (model instanceof BlockModel block) {
                            return quantize(request, recipe, block, progress, start);
                        }
                        if (model instanceof ScriptModel script) {
                            return quantize(request, recipe, script, progress, start);
                        }
                        throw Models.notQuantizable(model);
                    }
                });
    }

    private static QuantizeResult quantize(
            QuantizeRequest request,
            @Nullable Recipe recipe,
            BlockModel model,
            Progress progress,
            long start)
            throws IOException {
        boolean calibrated = model.prepared().isPresent();
        @Nullable SampleDataset data = null;
        Samples samples = null;
        if (request.data() != null) {
            samples = SampleReaders.read(request.data());
            Models.requireFit(model, samples);
            data = Calibrations.data(samples, request.calibration());
        }
        if (recipe != null) {
            Shape[] shapes =
                    samples == null
                            ? model.inputShapes().toArray(Shape[]::new)
                            : Models.inputShapes(model, samples);
            Models.prepare(model, recipe, shapes);
        } else if (!calibrated) {
            throw noRecipe(model);
        }
        if (data != null) {
            Calibrations.run(model, data, progress);
        } else if (!calibrated) {
            requireNoDataNeeded(model);
        }
        Models.convert(model);
        Interruption.check();
        QuantizedBlock block = model.prepared().orElseThrow();
        ExportFormat format = ExportFormat.of(request.output());
        Outputs.write(model, format, request.output());
        return new QuantizeResult(
                model.path().toString(),
                block.getRecipe().name(),
                request.output().toString(),
                format,
                block.getQuantizedLayers(),
                List.of(),
                data == null ? 0 : data.size(),
                model.bytes(),
                Outputs.bytes(request.output()),
                (System.nanoTime() - start) / 1e9);
    }

    private static void requireNoDataNeeded(BlockModel model) {
        for (QuantizerInfo quantizer : Layers.quantizers(model.prepared().orElseThrow())) {
            if (!quantizer.weight() && quantizer.scales() == 0) {
                throw new WorkflowException(
                        "The recipe quantizes activations, such as "
                                + quantizer.name()
                                + ", whose ranges are chosen from data; give samples to calibrate"
                                + " with.");
            }
        }
    }

    private static WorkflowException noRecipe(OpenedModel model) {
        return new WorkflowException(
                "The model "
                        + model.path()
                        + " is in floating point; give a recipe to quantize it by.");
    }

    private static QuantizeResult quantize(
            QuantizeRequest request,
            @Nullable Recipe recipe,
            ScriptModel model,
            Progress progress,
            long start)
            throws IOException {
        Outputs.requireScript(model.path(), request.output());
        TorchScriptArchive archive = model.archive();
        if (recipe != null) {
            archive = TorchScriptQuantization.prepare(archive, recipe);
        } else if (!model.isPrepared()) {
            throw noRecipe(model);
        }
        if (recipe != null && recipe.activations() != null && request.data() == null) {
            throw new WorkflowException(
                    "The recipe quantizes activations, whose ranges are chosen from data; give"
                            + " samples to calibrate with.");
        }
        int samples = 0;
        List<String> unseen = List.of();
        try (PreparedScript prepared = PreparedScript.load(archive)) {
            if (request.data() != null) {
                SampleDataset data =
                        Calibrations.data(
                                SampleReaders.read(request.data()), request.calibration());
                unseen = Calibrations.run(prepared.model(), data, progress);
                samples = data.size();
            }
            Interruption.check();
            Outputs.write(TorchScriptQuantization.convert(prepared.model()), request.output());
        }
        return new QuantizeResult(
                model.path().toString(),
                recipe == null ? "its own" : recipe.name(),
                request.output().toString(),
                ExportFormat.TORCHSCRIPT,
                List.of(),
                unseen,
                samples,
                model.bytes(),
                Outputs.bytes(request.output()),
                (System.nanoTime() - start) / 1e9);
    }
}
