package io.github.djlqat.workflow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How alike two models are.
 *
 * @param first the first model
 * @param second the second model
 * @param samples the number of samples they were run on
 * @param metric the name of the metric; null without labels
 * @param agreement the share of samples whose largest output is the same; null where the outputs
 *     are no classes
 * @param maxDifference the largest difference between two outputs
 * @param meanDifference the mean difference
 * @param checks what had to be kept to
 * @param passed whether all checks passed
 */
public record CompareResult(
        ComparedModel first,
        ComparedModel second,
        long samples,
        @Nullable String metric,
        @Nullable Double agreement,
        double maxDifference,
        double meanDifference,
        List<Check> checks,
        boolean passed) {}
