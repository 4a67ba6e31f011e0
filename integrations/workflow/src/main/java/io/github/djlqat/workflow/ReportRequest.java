package io.github.djlqat.workflow;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ReportTask} is asked for.
 *
 * @param title the report's title, or null for the model's name
 * @param reference the model in floating point that the others are compared with, or null
 * @param models what is compared with it, at least one; the layers, distributions and graph of the
 *     first quantized model of blocks or of TorchScript are shown
 * @param data samples; labelled ones for a metric
 * @param samples the number of samples that distributions are taken from
 * @param batchSize the number of samples that are run at a time
 * @param runs how often each model runs one sample to measure its latency; 0 not to
 * @param training the JSON of a {@link TrainResult}, whose curves are shown, or null
 * @param output the report: an {@code .html} file, or a {@code .json} file of its data
 * @param figures a folder to write the figures to as SVG, PNG and JSON, or null
 */
public record ReportRequest(
        @Nullable String title,
        @Nullable ModelSource reference,
        List<ModelSource> models,
        DataSource data,
        int samples,
        int batchSize,
        int runs,
        @Nullable Path training,
        Path output,
        @Nullable Path figures) {

    /**
     * Copies the list and checks the numbers.
     *
     * @param title the report's title, or null for the model's name
     * @param reference the model in floating point that the others are compared with, or null
     * @param models what is compared with it, at least one; the layers, distributions and graph of
     *     the first quantized model of blocks or of TorchScript are shown
     * @param data samples; labelled ones for a metric
     * @param samples the number of samples that distributions are taken from
     * @param batchSize the number of samples that are run at a time
     * @param runs how often each model runs one sample to measure its latency; 0 not to
     * @param training the JSON of a {@link TrainResult}, whose curves are shown, or null
     * @param output the report: an {@code .html} file, or a {@code .json} file of its data
     * @param figures a folder to write the figures to as SVG, PNG and JSON, or null
     * @throws WorkflowException if there is no model or a number is outside its range
     */
    public ReportRequest {
        models = List.copyOf(models);
        if (models.isEmpty() || samples < 1 || batchSize < 1 || runs < 0) {
            throw new WorkflowException(
                    "A report needs at least one model and one sample, batches of at least one, and"
                            + " 0 runs or more.");
        }
    }
}
