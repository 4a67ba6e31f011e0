package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Times models that take turns, so that a machine whose speed drifts treats them alike. */
final class Latencies {

    private Latencies() {}

    /**
     * Measures the models on the first sample.
     *
     * @param runs how often each model runs it; 0 not to
     * @return the median time of each model in milliseconds, or nulls where none is measured
     */
    static List<@Nullable Double> medians(List<OpenedModel> models, Samples samples, int runs)
            throws IOException {
        if (runs == 0) {
            return Collections.nCopies(models.size(), null);
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Batch one = samples.dataset(1).getData(manager).iterator().next()) {
            return Arrays.stream(medians(models, one.getData(), runs)).boxed().toList();
        }
    }

    private static double[] medians(List<OpenedModel> models, NDList inputs, int runs)
            throws IOException {
        double[][] times = new double[models.size()][runs];
        for (int run = -Math.max(1, runs / 5); run < runs; run++) {
            for (int i = 0; i < models.size(); i++) {
                Interruption.check();
                double millis = time(models.get(i), inputs);
                if (run >= 0) {
                    times[i][run] = millis;
                }
            }
        }
        double[] medians = new double[times.length];
        for (int i = 0; i < times.length; i++) {
            Arrays.sort(times[i]);
            medians[i] = times[i][runs / 2];
        }
        return medians;
    }

    private static double time(OpenedModel model, NDList inputs) throws IOException {
        try (NDManager scope = inputs.head().getManager().newSubManager()) {
            NDList copies = new NDList();
            for (NDArray input : inputs) {
                NDArray copy = input.duplicate();
                copy.attach(scope);
                copies.add(copy);
            }
            long start = System.nanoTime();
            NDList outputs = model.predict(copies);
            outputs.head().toByteBuffer();
            return (System.nanoTime() - start) / 1e6;
        }
    }
}
