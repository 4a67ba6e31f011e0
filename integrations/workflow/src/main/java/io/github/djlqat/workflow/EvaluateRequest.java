package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link EvaluateTask} is asked for.
 *
 * @param model the model
 * @param data labelled samples
 * @param batchSize the number of samples that are run at a time
 * @param metric the name of a {@link Metric}; null for top1 where labels are classes, mse otherwise
 * @param limit the least value that passes, the greatest one of a metric of which less is better;
 *     null for none
 * @param baseline a file with a {@link Baseline} that has to be reached, or null
 * @param tolerance by how much it may be missed, at least 0, in the metric's unit
 * @param newBaseline a file that the value is written to as a baseline, or null
 */
public record EvaluateRequest(
        ModelSource model,
        DataSource data,
        int batchSize,
        @Nullable String metric,
        @Nullable Double limit,
        @Nullable Path baseline,
        double tolerance,
        @Nullable Path newBaseline) {

    /**
     * Checks the numbers.
     *
     * @param model the model
     * @param data labelled samples
     * @param batchSize the number of samples that are run at a time
     * @param metric the name of a {@link Metric}; null for top1 where labels are classes, mse
     *     otherwise
     * @param limit the least value that passes, the greatest one of a metric of which less is
     *     better; null for none
     * @param baseline a file with a {@link Baseline} that has to be reached, or null
     * @param tolerance by how much it may be missed, at least 0, in the metric's unit
     * @param newBaseline a file that the value is written to as a baseline, or null
     * @throws WorkflowException if a number is outside its range
     */
    public EvaluateRequest {
        if (batchSize < 1) {
            throw new WorkflowException("A batch has at least one sample, not " + batchSize + ".");
        }
        if (!(tolerance >= 0)) {
            throw new WorkflowException("A tolerance is at least 0, not " + tolerance + ".");
        }
    }
}
