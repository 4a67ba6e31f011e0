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
 */
public record QuantizeRequest(
        ModelSource model,
        @Nullable String recipe,
        @Nullable DataSource data,
        Calibration calibration,
        Path output) {}
