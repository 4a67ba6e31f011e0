package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;

/**
 * What {@link CalibrateTask} is asked for.
 *
 * @param model a model in floating point
 * @param recipe the name of a preset, or a recipe's file
 * @param data the samples that choose the ranges of activations
 * @param calibration how many of them are used
 * @param output the prepared model: a folder for a model of blocks, a {@code .pt} file for a
 *     TorchScript model
 */
public record CalibrateRequest(
        ModelSource model, String recipe, DataSource data, Calibration calibration, Path output) {}
