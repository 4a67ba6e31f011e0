package io.github.djlqat.workflow;

import ai.djl.translate.TranslateException;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.sensitivity.AutoPrecision;
import io.github.djlqat.sensitivity.Budget;
import io.github.djlqat.sensitivity.Candidate;
import io.github.djlqat.sensitivity.PrecisionPlan;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Finds a mixed-precision recipe: measures how much the model suffers from each format at each
 * layer, and chooses the formats that a budget buys best.
 */
public final class SearchTask implements Task<SearchRequest, SearchResult> {

    private static final String NAME = "mixed";

    /** Creates the task. */
    public SearchTask() {}

    @Override
    public SearchResult run(SearchRequest request, Progress progress) {
        long start = System.nanoTime();
        return Guard.run(
                () -> {
                    RecipeFormat format = RecipeFormat.ofFileName(request.output().toString());
                    Outputs.requireWritable(request.output(), ExportFormat.ONNX);
                    if (request.scores() != null) {
                        Outputs.requireWritable(request.scores(), ExportFormat.ONNX);
                    }
                    try (OpenedModel opened = ModelReaders.open(request.model());
                            OpenedModel model = Lifting.forOutput(opened, ExportFormat.ONNX)) {
                        if (!(model instanceof BlockModel block) || block.prepared().isPresent()) {
                            throw new WorkflowException(
                                    "A recipe is searched for a model of blocks in floating"
                                            + " point, which "
                                            + model.path()
                                            + " is not.");
                        }
                        return search(request, block, format, progress, start);
                    }
                });
    }

    private static SearchResult search(
            SearchRequest request,
            BlockModel model,
            RecipeFormat format,
            Progress progress,
            long start)
            throws IOException, TranslateException {
        Samples samples = SampleReaders.read(request.data());
        Models.requireFit(model, samples);
        SampleDataset data = Calibrations.data(samples, request.samples());
        PrecisionPlan plan;
        try (Watch watch = new Watch(progress)) {
            plan =
                    AutoPrecision.builder()
                            .setBudget(budget(request.budget()))
                            .optCandidates(Candidate.grid(request.bits(), request.bits()))
                            .optBatches(data.batches())
                            .optName(NAME)
                            .optListener(watch::show)
                            .build()
                            .search(model.model(), data, Models.inputShapes(model, samples));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("Interrupted.").initCause(e);
        }
        Interruption.check();
        AtomicFile.write(
                request.output(),
                RecipeWriter.print(plan.recipe(), format).getBytes(StandardCharsets.UTF_8));
        if (request.scores() != null) {
            plan.sensitivity().write(request.scores());
        }
        Map<String, String> layers = new LinkedHashMap<>();
        plan.allocation()
                .candidates()
                .forEach((name, candidate) -> layers.put(name, candidate.name()));
        List<Check> used =
                plan.allocation().figures().stream()
                        .map(
                                figure ->
                                        Check.atMost(
                                                figure.quantity(), figure.limit(), figure.used()))
                        .toList();
        return new SearchResult(
                model.path().toString(),
                request.output().toString(),
                data.size(),
                layers,
                used,
                (System.nanoTime() - start) / 1e9);
    }

    private static Budget budget(SearchBudget asked) {
        @Nullable Budget budget = null;
        if (asked.weightBits() != null) {
            budget = and(budget, Budget.averageWeightBits(asked.weightBits()));
        }
        if (asked.activationBits() != null) {
            budget = and(budget, Budget.averageActivationBits(asked.activationBits()));
        }
        if (asked.weightBytes() != null) {
            budget = and(budget, Budget.modelBytes(asked.weightBytes()));
        }
        return java.util.Objects.requireNonNull(budget);
    }

    private static Budget and(@Nullable Budget budget, Budget more) {
        return budget == null ? more : budget.and(more);
    }

    /** Shows how far the search is, whose length is known when it has begun. */
    private static final class Watch implements AutoCloseable {

        private final Progress progress;
        private Progress.@Nullable Step step;

        Watch(Progress progress) {
            this.progress = progress;
        }

        void show(String what, int done, int total) {
            if (step == null) {
                step = progress.start("search", total);
            }
            step.update(done, what);
        }

        @Override
        public void close() {
            if (step != null) {
                step.close();
            }
        }
    }
}
