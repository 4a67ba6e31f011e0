package io.github.djlqat.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What training did.
 *
 * @param model the model's file or folder
 * @param recipe the recipe's name
 * @param output the trained and quantized model
 * @param format the kind of the output
 * @param samples the number of training samples
 * @param epochs what each epoch came to
 * @param metric the name of the metric of the validation samples; null without them
 * @param floatValue its value for the model as it was given; null without validation samples
 * @param calibratedValue its value after calibration, before training
 * @param trainedValue its value for the output
 * @param seconds the time that it took
 * @param search what the search of the recipe found; null where a recipe was given
 */
public record TrainResult(
        String model,
        String recipe,
        String output,
        ExportFormat format,
        int samples,
        List<EpochResult> epochs,
        @Nullable String metric,
        @Nullable Double floatValue,
        @Nullable Double calibratedValue,
        @Nullable Double trainedValue,
        double seconds,
        @Nullable SearchResult search) {}
