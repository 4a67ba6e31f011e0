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
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.mixedprecision.Autocast;
import io.github.djlqat.mixedprecision.DelayedScaling;
import io.github.djlqat.mixedprecision.LossScaling;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionState;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.mixedprecision.optimizer.AdamW;
import io.github.djlqat.mixedprecision.optimizer.ParameterGroups;
import io.github.djlqat.mixedprecision.optimizer.StatefulOptimizer;
import io.github.djlqat.mixedprecision.optimizer.WeightEma;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A training run of a small convolutional network with dropout, on data in random order. */
final class SmallRun implements AutoCloseable {

    static final int EPOCHS = 3;
    static final int BATCHES = 6;
    private static final Shape INPUT = new Shape(16, 1, 8, 8);

    /** What is trained, and how. */
    enum Kind {
        PLAIN(null, false, 1),
        FLOAT8(Precision.FLOAT8, false, 1),
        FLOAT8_ACCUMULATED(Precision.FLOAT8, false, 4),
        FLOAT16(Precision.FLOAT16, false, 1),
        QUANTIZED(Precision.BFLOAT16, true, 1),
        QUANTIZED_ACCUMULATED(Precision.BFLOAT16, true, 4);

        private final @Nullable Precision precision;
        private final boolean quantized;
        private final int accumulationSteps;

        Kind(@Nullable Precision precision, boolean quantized, int accumulationSteps) {
            this.precision = precision;
            this.quantized = quantized;
            this.accumulationSteps = accumulationSteps;
        }
    }

    private final Kind kind;
    private final Model model = Model.newInstance("small", "PyTorch");
    private final MixedPrecisionState precision = new MixedPrecisionState();
    final StatefulOptimizer optimizer;
    final WeightEma average;
    final ResumableDataset data;
    final TrainingState state;
    final CheckpointStore store;

    SmallRun(Path folder) {
        this(folder, Kind.PLAIN);
    }

    SmallRun(Path folder, Kind kind) {
        this(CheckpointStore.builder(folder).optKeepLast(3).build(), 3, kind);
    }

    SmallRun(CheckpointStore store, int channels) {
        this(store, channels, Kind.PLAIN);
    }

    private SmallRun(CheckpointStore store, int channels, Kind kind) {
        this.store = store;
        this.kind = kind;
        model.setBlock(block(channels));
        if (kind.quantized) {
            Engine.getEngine("PyTorch").setRandomSeed(11);
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            Quantization.prepare(model, recipe(), INPUT);
        }
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
        TrainingState.Builder saved =
                TrainingState.builder(model)
                        .optData(data)
                        .add("optimizer", optimizer.stateOf(model.getBlock()))
                        .add("average", average);
        state = (kind == Kind.PLAIN ? saved : saved.add("precision", precision)).build();
    }

    /** Learned scales, and statistics and observers that freeze in the course of the run. */
    private static Recipe recipe() {
        return RecipeReader.read(
                """
                name: small
                weights: {format: int4, narrowRange: true, observer: mse, learning: lsq}
                activations: {format: uint8, observer: moving-average}
                training: {foldBatchNorm: true, freezeBatchNormAfter: 10, freezeObserversAfter: 13}
                """,
                RecipeFormat.YAML);
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
        try (Trainer trainer = trainer(config)) {
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, EPOCHS - data.getPosition().epoch(), data, null);
        }
    }

    private Trainer trainer(DefaultTrainingConfig config) {
        if (kind.precision == null) {
            return new Trainer(model, config);
        }
        MixedPrecision.Builder settings =
                MixedPrecision.builder()
                        .optAutocast(
                                Autocast.builder()
                                        .setPrecision(kind.precision)
                                        .optDelayedScaling(new DelayedScaling(5, 0, false))
                                        .build())
                        // Overflows in the first steps, and grows again.
                        .optLossScaling(
                                LossScaling.dynamic()
                                        .optInitialScale(kind == Kind.FLOAT16 ? 0x1p24f : 0x1p10f)
                                        .optGrowthInterval(5)
                                        .build())
                        .optAccumulationSteps(kind.accumulationSteps);
        if (kind == Kind.QUANTIZED_ACCUMULATED) {
            settings.optMaxGradientNorm(0.5).optMaxGradientValue(0.1f);
        }
        return new MixedPrecisionTrainer(model, config, settings.build(), precision);
    }

    /** Everything there is to save, as bytes. */
    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        model.getBlock().saveParameters(out);
        optimizer.stateOf(model.getBlock()).saveState(out);
        average.saveState(out);
        data.saveState(out);
        if (kind != Kind.PLAIN) {
            precision.saveState(out);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        average.close();
        optimizer.close();
        model.close();
    }
}
