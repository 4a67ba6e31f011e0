package io.github.djlqat.samples.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.Batchifier;

/** Times one batch of training. */
final class TimedBatch {

    private TimedBatch() {}

    /**
     * Trains on a copy of a batch. What is timed is what it costs after it was loaded, until its
     * memory is free again.
     *
     * @return the time it took, in nanoseconds
     */
    static long train(Trainer trainer, NDArray data, NDArray labels) {
        NDManager scope = trainer.getManager().newSubManager();
        NDList inputs = new NDList(copy(data, scope));
        NDList classes = new NDList(copy(labels, scope));
        int size = Math.toIntExact(data.getShape().get(0));
        long start = System.nanoTime();
        try (Batch batch =
                new Batch(scope, inputs, classes, size, Batchifier.STACK, Batchifier.STACK, 0, 1)) {
            EasyTrain.trainBatch(trainer, batch);
            trainer.step();
        }
        return System.nanoTime() - start;
    }

    private static NDArray copy(NDArray array, NDManager manager) {
        NDArray copy = array.duplicate();
        copy.attach(manager);
        return copy;
    }
}
