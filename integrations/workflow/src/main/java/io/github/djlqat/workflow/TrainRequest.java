package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TrainTask} is asked for.
 *
 * @param model a model in floating point, or a calibrated one
 * @param recipe the name of a preset, or a recipe's file; null for the one that a calibrated model
 *     has
 * @param data labelled samples to train on, from which ranges are chosen first too
 * @param validation labelled samples to evaluate on after each epoch, or null
 * @param calibration how many samples choose the ranges
 * @param options how it is trained
 * @param output the trained and quantized model, of the kind that its name says: {@link
 *     ExportFormat#of}
 * @param search how a mixed-precision recipe is searched on the training samples first, in place of
 *     one that is given; or null
 */
public record TrainRequest(
        ModelSource model,
        @Nullable String recipe,
        DataSource data,
        @Nullable DataSource validation,
        Calibration calibration,
        TrainOptions options,
        Path output,
        @Nullable SearchOptions search)
        implements RecipeRequest {

    /**
     * Checks that parts go together.
     *
     * @param model a model in floating point, or a calibrated one
     * @param recipe the name of a preset, or a recipe's file; null for the one that a calibrated
     *     model has
     * @param data labelled samples to train on, from which ranges are chosen first too
     * @param validation labelled samples to evaluate on after each epoch, or null
     * @param calibration how many samples choose the ranges
     * @param options how it is trained
     * @param output the trained and quantized model, of the kind that its name says: {@link
     *     ExportFormat#of}
     * @param search how a mixed-precision recipe is searched on the training samples first, in
     *     place of one that is given; or null
     * @throws WorkflowException if there are both a recipe and a search
     */
    public TrainRequest {
        SearchOptions.requireInPlaceOf(recipe, search);
    }

    /**
     * Asks for the training by a recipe, or a calibrated model's own.
     *
     * @param model a model
     * @param recipe a preset's name, a file, or null
     * @param data labelled samples to train on
     * @param validation labelled samples to evaluate on, or null
     * @param calibration how many samples choose the ranges
     * @param options how it is trained
     * @param output the trained and quantized model
     */
    public TrainRequest(
            ModelSource model,
            @Nullable String recipe,
            DataSource data,
            @Nullable DataSource validation,
            Calibration calibration,
            TrainOptions options,
            Path output) {
        this(model, recipe, data, validation, calibration, options, output, null);
    }
}
