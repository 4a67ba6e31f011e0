package io.github.djlqat.samples.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.metric.Metrics;
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
import io.github.djlqat.micrometer.TrainingMetrics;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/** One step of quantization-aware training of ResNet-20, with and without meters. */
public final class MeteredStep implements AutoCloseable {

    // The trainer's own times are kept in a list that would grow for ever.
    private static final int KEPT_TIMES = 1000;

    private final MetricsVariant variant;
    private final Model model;
    private final Trainer trainer;
    private final NDArray data;
    private final NDArray labels;
    private final @Nullable PrometheusMeterRegistry registry;

    /**
     * Builds, prepares and calibrates a network.
     *
     * @param variant how its training is metered
     */
    public MeteredStep(MetricsVariant variant) {
        this.variant = variant;
        model = Model.newInstance(variant.label(), Device.cpu());
        NDManager manager = model.getNDManager();
        data = manager.randomNormal(new Shape(TrainingStep.BATCH, 3, 32, 32));
        labels = PrecisionVariant.labels(manager, TrainingStep.BATCH);
        Block block = CifarResNet.resNet20();
        block.initialize(manager, DataType.FLOAT32, data.getShape());
        model.setBlock(Variant.QAT_W8A8.apply(block, manager, new NDList(data)));
        TrainingMetrics listener = TrainingMetrics.builder().build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optDevices(new Device[] {Device.cpu()})
                        .optOptimizer(
                                Optimizer.sgd()
                                        .optMomentum(0.9f)
                                        .setLearningRateTracker(Tracker.fixed(0.01f))
                                        .build());
        if (variant.isListening()) {
            config.addTrainingListeners(listener);
        }
        registry = variant.bind(listener);
        trainer = model.newTrainer(config);
        Metrics times = new Metrics();
        times.setLimit(KEPT_TIMES);
        trainer.setMetrics(times);
        trainer.initialize(data.getShape());
    }

    /**
     * Trains on one batch, tells the listeners, and scrapes the meters where they are scraped.
     *
     * @return the time it took, in nanoseconds
     */
    public long run() {
        long batch = TimedBatch.train(trainer, data, labels);
        long start = System.nanoTime();
        if (registry != null && variant.isScraped() && registry.scrape().isEmpty()) {
            throw new IllegalStateException("A scrape found nothing.");
        }
        return batch + System.nanoTime() - start;
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
