package io.github.djlqat.workflow;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model as quantized: prepares and calibrates it, trains it, converts and writes it.
 *
 * <p>A recipe that says nothing of when BatchNorm and observers are frozen has them frozen for the
 * last fifth of the steps.
 */
public final class TrainTask implements Task<TrainRequest, TrainResult> {

    /** Creates the task. */
    public TrainTask() {}

    @Override
    public TrainResult run(TrainRequest request, Progress progress) {
        return RecipeChoice.run(
                request,
                progress,
                (model, choice) -> new Run(request, choice, model, progress).train());
    }

    /** A training that is under way. */
    private static final class Run {

        private final long start = System.nanoTime();
        private final TrainRequest request;
        private final @Nullable Recipe recipe;
        private final @Nullable SearchResult search;
        private final OpenedModel model;
        private final Progress progress;
        private final Samples samples;
        private final @Nullable Samples validation;
        private final Metric metric;

        Run(TrainRequest request, RecipeChoice choice, OpenedModel model, Progress progress)
                throws IOException, TranslateException {
            this.request = request;
            this.model = model;
            this.progress = progress;
            samples = SampleReaders.read(request.data());
            validation =
                    request.validation() == null ? null : SampleReaders.read(request.validation());
            metric = Metric.of((String) null, samples.requireLabels());
            Models.requireFit(model, samples);
            if (validation != null) {
                validation.requireLabels();
                Models.requireFit(model, validation);
            }
            if (metric.isOfClasses()) {
                ClassLabels.require(model, samples);
                if (validation != null) {
                    ClassLabels.require(model, validation);
                }
            }
            RecipeChoice.Made made = choice.make(model, samples);
            recipe = made.recipe();
            search = made.search();
        }

        TrainResult train() throws IOException, TranslateException {
            if (model instanceof BlockModel block) {
                return train(block);
            }
            if (model instanceof ScriptModel script) {
                return train(script);
            }
            throw Models.notQuantizable(model);
        }

        private SampleDataset data() {
            return samples.dataset(request.options().batchSize())
                    .shuffled(request.options().seed());
        }

        private @Nullable SampleDataset held() {
            return validation == null ? null : validation.dataset(request.options().batchSize());
        }

        private @Nullable Double evaluate(OpenedModel evaluated) throws IOException {
            SampleDataset held = held();
            return held == null
                    ? null
                    : (Double) Evaluation.of(evaluated, held, metric, progress).value();
        }

        private List<EpochResult> fit(Model trained, Shape[] inputs)
                throws IOException, TranslateException {
            return new Fit(request.options(), metric.isOfClasses(), progress)
                    .run(trained, data(), held(), inputs);
        }

        private TrainResult train(BlockModel block) throws IOException, TranslateException {
            boolean calibrated = block.prepared().isPresent();
            @Nullable Double before = calibrated ? null : evaluate(block);
            Shape[] inputs = Models.inputShapes(block, samples);
            if (recipe != null) {
                Models.prepare(block, calibrated ? recipe : scheduled(recipe), samples);
            } else if (!calibrated) {
                throw Models.noRecipe(block, "train");
            }
            Models.unconvert(block);
            if (!calibrated) {
                Calibrations.run(
                        block, Calibrations.data(samples, request.calibration()), progress);
            }
            @Nullable Double after = evaluate(block);
            List<EpochResult> epochs = fit(block.model(), inputs);
            Models.convert(block);
            @Nullable Double trained = evaluate(block);
            Interruption.check();
            ExportFormat format = ExportFormat.of(request.output());
            Outputs.write(block, format, request.output());
            String name = block.prepared().orElseThrow().getRecipe().name();
            return result(name, format, epochs, before, after, trained);
        }

        /** Freezes BatchNorm and observers for the last fifth of the steps. */
        private Recipe scheduled(Recipe given) {
            TrainingOptions training = given.training();
            if (training.freezeBatchNormAfter() >= 0 || training.freezeObserversAfter() >= 0) {
                return given;
            }
            long steps = (long) request.options().epochs() * data().batches() * 4 / 5;
            return given.withTraining(
                    new TrainingOptions(
                            training.foldBatchNorm(),
                            steps,
                            steps,
                            training.quantizeAfter(),
                            training.quantizeGraduallyOver(),
                            training.quantizedShare(),
                            training.seed()));
        }

        private TrainResult train(ScriptModel script) throws IOException, TranslateException {
            @Nullable Double before = script.isPrepared() ? null : evaluate(script);
            TorchScriptArchive archive = Models.prepared(script, recipe, "train");
            try (PreparedScript prepared = PreparedScript.load(archive)) {
                if (recipe != null) {
                    Calibrations.run(
                            prepared.model(),
                            Calibrations.data(samples, request.calibration()),
                            progress);
                }
                @Nullable Double after = evaluate(prepared.opened(script));
                List<EpochResult> epochs =
                        fit(prepared.model(), Models.inputShapes(script, samples));
                @Nullable Double trained = evaluate(prepared.opened(script));
                Interruption.check();
                Outputs.write(TorchScriptQuantization.convert(prepared.model()), request.output());
                return result(
                        recipe == null ? "its own" : recipe.name(),
                        ExportFormat.TORCHSCRIPT,
                        epochs,
                        before,
                        after,
                        trained);
            }
        }

        private TrainResult result(
                String name,
                ExportFormat format,
                List<EpochResult> epochs,
                @Nullable Double before,
                @Nullable Double after,
                @Nullable Double trained) {
            return new TrainResult(
                    model.path().toString(),
                    name,
                    request.output().toString(),
                    format,
                    samples.size(),
                    epochs,
                    validation == null ? null : metric.metricName(),
                    before,
                    after,
                    trained,
                    (System.nanoTime() - start) / 1e9,
                    search);
        }
    }
}
