package io.github.djlqat.samples.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;

/** A loss that remembers its value in each training batch. */
final class LossRecorder extends Loss {

    private final Loss loss;
    private final List<Double> values = new ArrayList<>();
    private String last = "";

    LossRecorder(Loss loss) {
        super(loss.getName());
        this.loss = loss;
    }

    List<Double> values() {
        return List.copyOf(values);
    }

    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        NDArray value = loss.evaluate(labels, predictions);
        // The trainer asks first, then its evaluators do for the same predictions.
        String batch = predictions.head().getUid();
        if (!batch.equals(last)) {
            values.add((double) value.getFloat());
            last = batch;
        }
        return value;
    }
}
