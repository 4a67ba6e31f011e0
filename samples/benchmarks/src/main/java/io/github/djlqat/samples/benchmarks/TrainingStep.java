package io.github.djlqat.samples.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.samples.common.model.CifarResNet;

/**
 * One step of training ResNet-20 for CIFAR-10, on random images, by DJL's own trainer: forward,
 * loss, backward, and SGD with momentum.
 */
public final class TrainingStep implements AutoCloseable {

    /** The number of images in a batch. */
    public static final int BATCH = 64;

    private static final int CLASSES = 10;

    private final Model model;
    private final Trainer trainer;
    private final NDArray data;
    private final NDArray labels;

    private TrainingStep(Variant variant) {
        model = Model.newInstance(variant.label(), Device.cpu());
        try {
            NDManager manager = model.getNDManager();
            data = manager.randomNormal(new Shape(BATCH, 3, 32, 32));
            labels = manager.arange(BATCH).toType(DataType.INT64, false).mod(CLASSES);
            Block block = CifarResNet.resNet20();
            block.initialize(manager, DataType.FLOAT32, data.getShape());
            model.setBlock(variant.apply(block, manager, new NDList(data)));
            trainer =
                    model.newTrainer(
                            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                                    .optDevices(new Device[] {Device.cpu()})
                                    .optOptimizer(
                                            Optimizer.sgd()
                                                    .optMomentum(0.9f)
                                                    .optWeightDecays(1e-4f)
                                                    .setLearningRateTracker(Tracker.fixed(0.01f))
                                                    .build()));
            trainer.initialize(data.getShape());
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Builds, wraps and initializes a network, with weights of its own.
     *
     * @param variant what the steps are run with
     * @return the step, ready to be run
     */
    public static TrainingStep of(Variant variant) {
        return new TrainingStep(variant);
    }

    /**
     * Trains on one batch. What is timed is what a batch costs after it was loaded, until its
     * memory is free again.
     *
     * @return the time it took, in nanoseconds
     */
    public long run() {
        return TimedBatch.train(trainer, data, labels);
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
