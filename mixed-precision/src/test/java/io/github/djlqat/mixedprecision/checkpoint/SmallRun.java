package io.github.djlqat.mixedprecision.checkpoint;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.mixedprecision.optimizer.AdamW;
import io.github.djlqat.mixedprecision.optimizer.ParameterGroups;
import io.github.djlqat.mixedprecision.optimizer.StatefulOptimizer;
import io.github.djlqat.mixedprecision.optimizer.WeightEma;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.Random;

/** A training run of a small convolutional network with dropout, on data in random order. */
final class SmallRun implements AutoCloseable {

    static final int EPOCHS = 3;
    static final int BATCHES = 6;
    private static final Shape INPUT = new Shape(16, 1, 8, 8);

    private final Model model = Model.newInstance("small", "PyTorch");
    final StatefulOptimizer optimizer;
    final WeightEma average;
    final ResumableDataset data;
    final TrainingState state;
    final CheckpointStore store;

    SmallRun(Path folder) {
        this(CheckpointStore.builder(folder).optKeepLast(3).build(), 3);
    }

    SmallRun(CheckpointStore store, int channels) {
        this.store = store;
        model.setBlock(block(channels));
        optimizer =
                AdamW.builder()
                        .optLearningRateTracker(
                                Tracker.cosine()
                                        .setBaseValue(0.02f)
                                        .optFinalValue(0.001f)
                                        .setMaxUpdates(EPOCHS * BATCHES)
                                        .build())
                        .optParameterGroups(ParameterGroups.decayWeightsOnly(model.getBlock()))
                        .build();
        average = WeightEma.builder(model.getBlock()).optDecay(0.9).build();
        data = new ResumableDataset(dataset(model.getNDManager()), 42);
        data.addBatchListener(position -> average.update());
        state =
                TrainingState.builder(model)
                        .optData(data)
                        .add("optimizer", optimizer.stateOf(model.getBlock()))
                        .add("average", average)
                        .build();
    }

    private static Block block(int channels) {
        return new SequentialBlock()
                .add(Conv2d.builder().setFilters(channels).setKernelShape(new Shape(3, 3)).build())
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Dropout.builder().optRate(0.3f).build())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(4).build());
    }

    private static Dataset dataset(NDManager manager) {
        Random random = new Random(7);
        int count = 16 * BATCHES;
        float[] images = new float[count * 64];
        float[] labels = new float[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(4);
            for (int j = 0; j < 64; j++) {
                images[64 * i + j] = (float) random.nextGaussian() + (j % 4 == labels[i] ? 1 : 0);
            }
        }
        NDArray x = manager.create(images, new Shape(count, 1, 8, 8));
        return new ArrayDataset.Builder()
                .setData(x)
                .optLabels(manager.create(labels))
                .setSampling(16, true)
                .build();
    }

    Model model() {
        return model;
    }

    Block block() {
        return model.getBlock();
    }

    /** Initializes the model by itself, without a trainer. */
    SmallRun initialized(int seed) {
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        return this;
    }

    /** Trains to the end, saving after every so many batches. */
    void train(int seed, long everyBatches, TrainingListener... listeners) throws Exception {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(optimizer)
                        .optDevices(new Device[] {Device.cpu()});
        config.addTrainingListeners(
                CheckpointSaver.builder(store, state)
                        .optEveryBatches(everyBatches, data)
                        .optMetric(trainer -> OptionalDouble.of(-data.getPosition().epoch()))
                        .build());
        config.addTrainingListeners(listeners);
        Engine.getEngine("PyTorch").setRandomSeed(seed);
        try (Trainer trainer = new Trainer(model, config)) {
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, EPOCHS - data.getPosition().epoch(), data, null);
        }
    }

    /** Everything there is to save, as bytes. */
    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        model.getBlock().saveParameters(out);
        optimizer.stateOf(model.getBlock()).saveState(out);
        average.saveState(out);
        data.saveState(out);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        average.close();
        optimizer.close();
        model.close();
    }
}
