package io.github.djlqat.workflow;

import ai.djl.translate.TranslateException;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.FileSizes;
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
        return RecipeChoice.run(
                request,
                progress,
                (model, choice) -> new Run(request, choice, model, progress).quantize());
    }

    /** A quantization that is under way. */
    private static final class Run {

        private final long start = System.nanoTime();
        private final QuantizeRequest request;
        private final @Nullable Recipe recipe;
        private final @Nullable SearchResult search;
        private final OpenedModel model;
        private final Progress progress;
        private final @Nullable Samples samples;

        Run(QuantizeRequest request, RecipeChoice choice, OpenedModel model, Progress progress)
                throws IOException, TranslateException {
            this.request = request;
            this.model = model;
            this.progress = progress;
            samples = request.data() == null ? null : SampleReaders.read(request.data());
            if (samples != null) {
                Models.requireFit(model, samples);
            }
            RecipeChoice.Made made = choice.make(model, samples);
            recipe = made.recipe();
            search = made.search();
        }

        QuantizeResult quantize() throws IOException {
            if (model instanceof BlockModel block) {
                return quantize(block);
            }
            if (model instanceof ScriptModel script) {
                return quantize(script);
            }
            throw Models.notQuantizable(model);
        }

        private @Nullable SampleDataset data() {
            return samples == null ? null : Calibrations.data(samples, request.calibration());
        }

        private QuantizeResult quantize(BlockModel block) throws IOException {
            boolean calibrated = block.prepared().isPresent();
            if (recipe != null) {
                if (samples == null) {
                    Models.prepare(block, recipe);
                } else {
                    Models.prepare(block, recipe, samples);
                }
            } else if (!calibrated) {
                throw Models.noRecipe(block, "quantize");
            }
            @Nullable SampleDataset data = data();
            if (data != null) {
                Calibrations.run(block, data, progress);
            } else if (!calibrated) {
                requireNoDataNeeded(block);
            }
            Models.convert(block);
            Interruption.check();
            QuantizedBlock prepared = block.prepared().orElseThrow();
            ExportFormat format = ExportFormat.of(request.output());
            Outputs.write(block, format, request.output());
            return result(
                    prepared.getRecipe().name(),
                    format,
                    prepared.getQuantizedLayers(),
                    List.of(),
                    data);
        }

        private static void requireNoDataNeeded(BlockModel model) {
            for (QuantizerInfo quantizer : Layers.quantizers(model.prepared().orElseThrow())) {
                if (!quantizer.weight() && quantizer.scales() == 0) {
                    throw dataNeeded(", such as " + quantizer.name() + ",");
                }
            }
        }

        private static WorkflowException dataNeeded(String which) {
            return new WorkflowException(
                    "The recipe quantizes activations"
                            + which
                            + " whose ranges are chosen from data; give samples to calibrate with.");
        }

        private QuantizeResult quantize(ScriptModel script) throws IOException {
            TorchScriptArchive archive = Models.prepared(script, recipe, "quantize");
            @Nullable SampleDataset data = data();
            if (recipe != null && data == null && quantizesActivations(recipe)) {
                throw dataNeeded(",");
            }
            List<String> unseen = List.of();
            try (PreparedScript prepared = PreparedScript.load(archive)) {
                if (data != null) {
                    unseen = Calibrations.run(prepared.model(), data, progress);
                }
                Interruption.check();
                Outputs.write(TorchScriptQuantization.convert(prepared.model()), request.output());
            }
            return result(
                    recipe == null ? "its own" : recipe.name(),
                    ExportFormat.TORCHSCRIPT,
                    List.of(),
                    unseen,
                    data);
        }

        private static boolean quantizesActivations(Recipe recipe) {
            return recipe.activations() != null
                    || recipe.rules().stream().anyMatch(rule -> rule.activations() != null);
        }

        private QuantizeResult result(
                String name,
                ExportFormat format,
                List<String> layers,
                List<String> unseen,
                @Nullable SampleDataset data)
                throws IOException {
            return new QuantizeResult(
                    model.path().toString(),
                    name,
                    request.output().toString(),
                    format,
                    layers,
                    unseen,
                    data == null ? 0 : data.size(),
                    model.bytes(),
                    FileSizes.of(request.output()),
                    (System.nanoTime() - start) / 1e9,
                    search);
        }
    }
}
