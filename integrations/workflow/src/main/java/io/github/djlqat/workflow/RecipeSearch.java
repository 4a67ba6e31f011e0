package io.github.djlqat.workflow;

import ai.djl.translate.TranslateException;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.sensitivity.AutoPrecision;
import io.github.djlqat.sensitivity.Budget;
import io.github.djlqat.sensitivity.Candidate;
import io.github.djlqat.sensitivity.PrecisionPlan;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Searches the mixed-precision recipe of a model that is open, and writes it. */
final class RecipeSearch {

    private static final String NAME = "mixed";

    private final SearchOptions options;
    private final Calibration samples;
    private final Progress progress;
    private final RecipeFormat format;

    /**
     * Checks, before any work is done, that what is found can be written.
     *
     * @param options what is searched
     * @param samples how many samples are measured on
     * @param progress where progress is shown
     * @throws IllegalArgumentException if the recipe's file has no ending of a recipe
     * @throws WorkflowException if a file cannot be written where it goes
     */
    RecipeSearch(SearchOptions options, Calibration samples, Progress progress) throws IOException {
        this.options = options;
        this.samples = samples;
        this.progress = progress;
        format = RecipeFormat.ofFileName(options.recipe().toString());
        Outputs.requireWritableFile(options.recipe());
        if (options.scores() != null) {
            Outputs.requireWritableFile(options.scores());
        }
    }

    /** The recipe, and what is told of it. */
    record Found(Recipe recipe, SearchResult result) {}

    /**
     * Searches, and writes the recipe, which does not get lost by what fails after it.
     *
     * @param model a model in floating point, which stays as it is
     * @param data samples that fit it
     */
    Found run(OpenedModel model, Samples data) throws IOException, TranslateException {
        if (model instanceof BlockModel block && block.prepared().isEmpty()) {
            return search(block, data);
        }
        if (model instanceof ScriptModel script && !script.isPrepared()) {
            try (BlockModel lifted = Lifting.lift(script, script.inputShapes())) {
                return search(lifted, data);
            }
        }
        throw new WorkflowException(
                "A recipe is searched for a model in floating point, which "
                        + model.path()
                        + " is not.");
    }

    private Found search(BlockModel model, Samples data) throws IOException, TranslateException {
        long start = System.nanoTime();
        SampleDataset measured = Calibrations.data(data, samples);
        PrecisionPlan plan = plan(model, data, measured);
        Interruption.check();
        AtomicFile.write(
                options.recipe(),
                RecipeWriter.print(plan.recipe(), format).getBytes(StandardCharsets.UTF_8));
        if (options.scores() != null) {
            plan.sensitivity().write(options.scores());
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
        return new Found(
                plan.recipe(),
                new SearchResult(
                        model.path().toString(),
                        options.recipe().toString(),
                        measured.size(),
                        layers,
                        used,
                        (System.nanoTime() - start) / 1e9));
    }

    private PrecisionPlan plan(BlockModel model, Samples data, SampleDataset measured)
            throws IOException, TranslateException {
        try (Watch watch = new Watch(progress)) {
            return AutoPrecision.builder()
                    .setBudget(budget(options.budget()))
                    .optCandidates(Candidate.grid(options.bits(), options.bits()))
                    .optBatches(measured.batches())
                    .optName(NAME)
                    .optListener(watch::show)
                    .build()
                    .search(model.model(), measured, Models.inputShapes(model, data));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("Interrupted.").initCause(e);
        }
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
        return Objects.requireNonNull(budget);
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
