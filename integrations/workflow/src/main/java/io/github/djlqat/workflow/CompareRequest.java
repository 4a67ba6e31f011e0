package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import org.jspecify.annotations.Nullable;

/**
 * What {@link CompareTask} is asked for.
 *
 * @param first a model
 * @param second another one of the same inputs and outputs
 * @param data samples, with labels for a metric; null for random inputs
 * @param batchSize the number of samples that are run at a time
 * @param metric the name of a {@link Metric}; null for the usual one of the labels
 * @param runs how often each model runs one sample to measure its latency; 0 not to
 * @param limits what has to be kept to
 */
public record CompareRequest(
        ModelSource first,
        ModelSource second,
        @Nullable DataSource data,
        int batchSize,
        @Nullable String metric,
        int runs,
        CompareLimits limits) {

    /**
     * Checks the numbers.
     *
     * @param first a model
     * @param second another one of the same inputs and outputs
     * @param data samples, with labels for a metric; null for random inputs
     * @param batchSize the number of samples that are run at a time
     * @param metric the name of a {@link Metric}; null for the usual one of the labels
     * @param runs how often each model runs one sample to measure its latency; 0 not to
     * @param limits what has to be kept to
     * @throws WorkflowException if a number is outside its range
     */
    public CompareRequest {
        if (batchSize < 1 || runs < 0) {
            throw new WorkflowException(
                    "A batch has at least one sample and there are at least 0 runs, not "
                            + batchSize
                            + " and "
                            + runs
                            + ".");
        }
    }
}
