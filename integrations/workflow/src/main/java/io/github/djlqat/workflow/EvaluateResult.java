package io.github.djlqat.workflow;

import java.util.List;

/**
 * How good a model is.
 *
 * @param model the model's file or folder
 * @param data where the samples are
 * @param metric the name of the metric
 * @param value its value over all samples
 * @param samples the number of samples
 * @param seconds the time that the model took
 * @param checks what had to be kept to
 * @param passed whether all checks passed
 */
public record EvaluateResult(
        String model,
        String data,
        String metric,
        double value,
        long samples,
        double seconds,
        List<Check> checks,
        boolean passed) {}
