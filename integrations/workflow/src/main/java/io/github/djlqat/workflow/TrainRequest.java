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
 */
public record TrainRequest(
        ModelSource model,
        @Nullable String recipe,
        DataSource data,
        @Nullable DataSource validation,
        Calibration calibration,
        TrainOptions options,
        Path output) {}
