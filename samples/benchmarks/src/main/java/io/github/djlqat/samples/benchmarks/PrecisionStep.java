package io.github.djlqat.samples.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.Batchifier;
import io.github.djlqat.mixedprecision.optimizer.Sgd;

/** One step of training a network on random inputs, with SGD and momentum. */
public final class PrecisionStep implements AutoCloseable {

    private final Model model;
    private final Sgd optimizer;
    private final Trainer trainer;
    private final NDArray data;
    private final NDArray labels;

    /**
     * Makes and initializes a network.
     *
     * @param variant the network and what it is trained in
     */
    public PrecisionStep(PrecisionVariant variant) {
        model = Model.newInstance(variant.label(), Device.cpu());
        NDManager manager = model.getNDManager();
        data = manager.randomNormal(variant.input());
        labels = PrecisionVariant.labels(manager, variant.input().get(0));
        model.setBlock(variant.block());
        optimizer =
                Sgd.builder()
                        .optLearningRateTracker(Tracker.fixed(0.01f))
                        .optMomentum(0.9f)
                        .build();
        trainer =
                variant.trainer(
                        model,
                        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                                .optDevices(new Device[] {Device.cpu()})
                                .optOptimizer(optimizer));
        trainer.initialize(variant.input());
    }

    /**
     * Trains on one batch.
     *
     * @return the time it took until its memory was free again, in nanoseconds
     */
    public long run() {
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

    @Override
    public void close() {
        trainer.close();
        optimizer.close();
        model.close();
    }
}
