package io.github.djlqat.workflow;

import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.util.List;

/**
 * Prepares a model by a recipe and chooses the ranges of its activations from data. The result can
 * be looked at, trained, and exported.
 */
public final class CalibrateTask implements Task<CalibrateRequest, CalibrateResult> {

    /** Creates the task. */
    public CalibrateTask() {}

    @Override
    public CalibrateResult run(CalibrateRequest request, Progress progress) {
        long start = System.nanoTime();
        Recipe recipe = Recipes.load(request.recipe());
        return Guard.run(
                () -> {
                    Outputs.requireWritable(request.output(), ExportFormat.of(request.output()));
                    Outputs.requireApart(request.output(), request.model().path());
                    try (OpenedModel model = ModelReaders.open(request.model())) {
                        return calibrate(request, recipe, model, progress, start);
                    }
                });
    }

    private static CalibrateResult calibrate(
            CalibrateRequest request,
            Recipe recipe,
            OpenedModel model,
            Progress progress,
            long start)
            throws IOException {
        List<QuantizerInfo> quantizers = List.of();
        List<String> unseen = List.of();
        SampleDataset data;
        if (model instanceof BlockModel block) {
            if (ExportFormat.of(request.output()) != ExportFormat.DJL) {
                throw new WorkflowException(
                        "A calibrated model of blocks is written as a folder; give the name of one,"
                                + " not "
                                + request.output()
                                + ".");
            }
            Samples samples = samples(request, model);
            data = Calibrations.data(samples, request.calibration());
            Models.prepare(block, recipe, samples);
            quantizers = Layers.quantizers(Calibrations.run(block, data, progress));
            Interruption.check();
            Outputs.write(block, ExportFormat.DJL, request.output());
        } else if (model instanceof ScriptModel script) {
            Outputs.requireScript(model.path(), request.output());
            data = Calibrations.data(samples(request, model), request.calibration());
            try (PreparedScript prepared =
                    PreparedScript.load(
                            TorchScriptQuantization.prepare(script.archive(), recipe))) {
                unseen = Calibrations.run(prepared.model(), data, progress);
                Interruption.check();
                Outputs.write(TorchScriptQuantization.save(prepared.model()), request.output());
            }
        } else {
            throw Models.notQuantizable(model);
        }
        return new CalibrateResult(
                model.path().toString(),
                recipe.name(),
                request.output().toString(),
                data.size(),
                quantizers,
                unseen,
                (System.nanoTime() - start) / 1e9);
    }

    private static Samples samples(CalibrateRequest request, OpenedModel model) throws IOException {
        Samples samples = SampleReaders.read(request.data());
        Models.requireFit(model, samples);
        return samples;
    }
}
