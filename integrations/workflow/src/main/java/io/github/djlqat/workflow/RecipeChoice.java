package io.github.djlqat.workflow;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the recipe that the model of a request goes by. */
final class RecipeChoice {

    private final @Nullable Recipe given;
    private final @Nullable RecipeSearch search;

    private RecipeChoice(@Nullable Recipe given, @Nullable RecipeSearch search) {
        this.given = given;
        this.search = search;
    }

    /**
     * The recipe, and how it was found.
     *
     * @param recipe the recipe; null for the one that a calibrated model has
     * @param search what the search found; null where there was none
     */
    record Made(@Nullable Recipe recipe, @Nullable SearchResult search) {}

    /** What is done with a model and its recipe. */
    @FunctionalInterface
    interface Work<R> {
        R run(OpenedModel model, RecipeChoice choice)
                throws IOException, TranslateException, MalformedModelException;
    }

    /**
     * Opens the model of a request, lifted where its output needs that, and works with it.
     *
     * @throws WorkflowException if the recipe is not legal, the model cannot be opened, an output
     *     cannot be written, or the work fails
     */
    static <R> R run(RecipeRequest request, Progress progress, Work<R> work) {
        @Nullable Recipe given = request.recipe() == null ? null : Recipes.load(request.recipe());
        return Guard.run(
                () -> {
                    ExportFormat format = ExportFormat.of(request.output());
                    Outputs.requireWritable(request.output(), format);
                    Outputs.requireApart(request.output(), request.model().path());
                    @Nullable RecipeSearch search =
                            request.search() == null
                                    ? null
                                    : new RecipeSearch(
                                            request.search(), request.calibration(), progress);
                    try (OpenedModel opened = ModelReaders.open(request.model());
                            OpenedModel model = Lifting.forOutput(opened, format)) {
                        if (model instanceof ScriptModel) {
                            Outputs.requireScript(model.path(), request.output());
                        }
                        return run(work, model, new RecipeChoice(given, search), model != opened);
                    }
                });
    }

    private static <R> R run(Work<R> work, OpenedModel model, RecipeChoice choice, boolean isLifted)
            throws IOException, TranslateException, MalformedModelException {
        try {
            return work.run(model, choice);
        } catch (TorchScriptException e) {
            throw isLifted
                    ? new WorkflowException(
                            e.getMessage()
                                    + " An output that ends in .pt leaves the program as it is.",
                            e)
                    : e;
        }
    }

    /**
     * Finds the recipe, by a search where one is asked for.
     *
     * @param model the model
     * @param samples samples that fit it; a search is not asked for without
     */
    Made make(OpenedModel model, @Nullable Samples samples) throws IOException, TranslateException {
        if (search == null || samples == null) {
            return new Made(given, null);
        }
        RecipeSearch.Found found = search.run(model, samples);
        return new Made(found.recipe(), found.result());
    }
}
