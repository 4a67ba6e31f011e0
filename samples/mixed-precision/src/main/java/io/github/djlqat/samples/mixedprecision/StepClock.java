package io.github.djlqat.samples.mixedprecision;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times training steps, the loading of their batches included. */
final class StepClock extends TrainingListenerAdapter {

    private final List<Long> nanoseconds = new ArrayList<>();
    private long last;

    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        long now = System.nanoTime();
        if (last != 0) {
            nanoseconds.add(now - last);
        }
        last = now;
    }

    double medianMilliseconds() {
        List<Long> sorted = new ArrayList<>(nanoseconds);
        Collections.sort(sorted);
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2) / 1e6;
    }
}
