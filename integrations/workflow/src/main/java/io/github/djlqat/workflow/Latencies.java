package io.github.djlqat.workflow;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Times models that take turns, so that a machine whose speed drifts treats them alike. */
final class Latencies {

    private Latencies() {}

    /** Returns the median time of each model for the inputs, in milliseconds. */
    static double[] medians(List<OpenedModel> models, NDList inputs, int runs) throws IOException {
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
