package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.Locale;

/**
 * What running a model over a dataset found.
 *
 * @param value the metric's value
 * @param samples the number of samples
 * @param seconds the time that the model took
 */
record Evaluation(double value, long samples, double seconds) {

    static Evaluation of(OpenedModel model, SampleDataset data, Metric metric, Progress progress)
            throws IOException {
        double sum = 0;
        long count = 0;
        long nanos = 0;
        long done = 0;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Progress.Step step = progress.start("evaluate", data.batches())) {
            for (Batch batch : data.getData(manager)) {
                Interruption.check();
                try (batch) {
                    long start = System.nanoTime();
                    NDList outputs = model.predict(batch.getData());
                    nanos += System.nanoTime() - start;
                    Metric.Part part = metric.of(outputs, batch.getLabels());
                    sum += part.sum();
                    count += part.count();
                }
                step.update(
                        ++done,
                        String.format(Locale.ROOT, "%s %.4f", metric.metricName(), sum / count));
            }
        }
        return new Evaluation(sum / count, data.size(), nanos / 1e9);
    }
}
