package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link QuantizeTask} is asked for.
 *
 * @param model a model in floating point, or a calibrated one
 * @param recipe the name of a preset, or a recipe's file; null for the one that a calibrated model
 *     has
 * @param data the samples that choose the ranges of activations; null where none are needed: for
 *     recipes of weights only and for calibrated models
 * @param calibration how many of them are used
 * @param output the quantized model, of the kind that its name says: {@link ExportFormat#of}
 * @param search how a mixed-precision recipe is searched on the samples first, in place of one that
 *     is given; or null
 */
public record QuantizeRequest(
        ModelSource model,
        @Nullable String recipe,
        @Nullable DataSource data,
        Calibration calibration,
        Path output,
        @Nullable SearchOptions search)
        implements RecipeRequest {

    /**
     * Checks that parts go together.
     *
     * @param model a model in floating point, or a calibrated one
     * @param recipe the name of a preset, or a recipe's file; null for the one that a calibrated
     *     model has
     * @param data the samples that choose the ranges of activations; null where none are needed:
     *     for recipes of weights only and for calibrated models
     * @param calibration how many of them are used
     * @param output the quantized model, of the kind that its name says: {@link ExportFormat#of}
     * @param search how a mixed-precision recipe is searched on the samples first, in place of one
     *     that is given; or null
     * @throws WorkflowException if there are both a recipe and a search, or a search without
     *     samples
     */
    public QuantizeRequest {
        SearchOptions.requireInPlaceOf(recipe, search);
        if (search != null && data == null) {
            throw new WorkflowException("A search of the recipe needs samples to measure on.");
        }
    }

    /**
     * Asks for the quantization by a recipe, or a calibrated model's own.
     *
     * @param model a model
     * @param recipe a preset's name, a file, or null
     * @param data the samples, or null
     * @param calibration how many of them are used
     * @param output the quantized model
     */
    public QuantizeRequest(
            ModelSource model,
            @Nullable String recipe,
            @Nullable DataSource data,
            Calibration calibration,
            Path output) {
        this(model, recipe, data, calibration, output, null);
    }
}
