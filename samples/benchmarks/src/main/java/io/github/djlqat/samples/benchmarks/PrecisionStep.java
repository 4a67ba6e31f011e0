package io.github.djlqat.samples.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
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
        return TimedBatch.train(trainer, data, labels);
    }

    @Override
    public void close() {
        trainer.close();
        optimizer.close();
        model.close();
    }
}
