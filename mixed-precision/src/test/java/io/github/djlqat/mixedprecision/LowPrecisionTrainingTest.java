package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Small networks learn in every precision, from master weights in single precision. */
class LowPrecisionTrainingTest {

    private static final int BATCH = 32;
    private static final Shape IMAGES = new Shape(BATCH, 1, 8, 8);
    private static final Shape CLASSES = new Shape(BATCH);

    private static Block convolutional() {
        return new SequentialBlock()
                .add(convolution(8))
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(convolution(16))
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(4).build());
    }

    private static Block convolution(int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(filters)
                .optPadding(new Shape(1, 1))
                .optBias(false)
                .build();
    }

    /** Noisy images of four patterns. */
    private static final class Patterns {
        private final float[] images = new float[BATCH * 64];
        private final float[] classes = new float[BATCH];

        Patterns(Random random) {
            for (int i = 0; i < BATCH; i++) {
                int pattern = random.nextInt(4);
                classes[i] = pattern;
                for (int p = 0; p < 64; p++) {
                    int x = p % 8;
                    int y = p / 8;
                    int stripe =
                            pattern == 0 ? x : pattern == 1 ? y : pattern == 2 ? x + y : 8 + x - y;
                    images[64 * i + p] =
                            (stripe / 2 % 2 == 0 ? 0.5f : -0.5f)
                                    + 0.8f * (float) random.nextGaussian();
                }
            }
        }
    }

    private static MixedPrecisionTrainer trainer(Model model, MixedPrecision settings) {
        MixedPrecisionTrainer trainer =
                new MixedPrecisionTrainer(
                        model,
                        Training.config(
                                Loss.softmaxCrossEntropyLoss(),
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.005f))
                                        .build()),
                        settings);
        Training.initialize(trainer, 70, IMAGES);
        return trainer;
    }

    private static float[] losses(MixedPrecision settings, int steps) {
        Random random = new Random(71);
        float[] losses = new float[steps];
        try (Model model = Training.model(convolutional());
                MixedPrecisionTrainer trainer = trainer(model, settings)) {
            for (int i = 0; i < steps; i++) {
                Patterns batch = new Patterns(random);
                losses[i] = Training.step(trainer, batch.images, IMAGES, batch.classes, CLASSES);
            }
        }
        return losses;
    }

    private static double lastMean(float[] losses, int n) {
        double sum = 0;
        for (int i = losses.length - n; i < losses.length; i++) {
            sum += losses[i];
        }
        return sum / n;
    }

    @Test
    void learnsInEveryPrecisionAsInSingle() {
        int steps = 120;
        float[] single = losses(MixedPrecision.of(Precision.FLOAT32), steps);
        assertThat(lastMean(single, 20)).isLessThan(0.3 * single[0]);
        for (Precision precision :
                List.of(Precision.TF32, Precision.BFLOAT16, Precision.FLOAT16, Precision.FLOAT8)) {
            float[] low = losses(MixedPrecision.of(precision), steps);
            assertThat(low).as("%s", precision).isNotEqualTo(single);
            assertThat(lastMean(low, 20))
                    .as("%s", precision)
                    .isCloseTo(lastMean(single, 20), within(0.1 * lastMean(single, 20)));
        }
    }

    @Test
    void recoversFromOverflowByItself() {
        List<StepReport> reports = new ArrayList<>();
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optPrecision(Precision.FLOAT16)
                        .optLossScaling(LossScaling.dynamic().optInitialScale(0x1p30f).build())
                        .optStepListener(reports::add)
                        .build();
        float[] losses = losses(settings, 120);
        assertThat(reports.get(0).isSkipped()).isTrue();
        assertThat(reports.get(0).nonFiniteParameter()).isPresent();
        long skipped = reports.stream().filter(StepReport::isSkipped).count();
        assertThat(skipped).isBetween(5L, 25L);
        assertThat(reports.subList(60, 120)).noneMatch(StepReport::isSkipped);
        assertThat(lastMean(losses, 20)).isLessThan(0.5 * losses[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "BFLOAT16, SIMULATED",
        "BFLOAT16, NATIVE",
        "FLOAT16, SIMULATED",
        "TF32, SIMULATED",
        "FLOAT8, SIMULATED"
    })
    void copiesOfWeightsServeAllBatchesOfAStep(Precision precision, Computation computation) {
        Autocast autocast =
                Autocast.builder().setPrecision(precision).optComputation(computation).build();
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optAutocast(autocast)
                        .optLossScaling(LossScaling.none())
                        .optAccumulationSteps(3)
                        .build();
        Random random = new Random(74);
        List<float[]> data = new ArrayList<>();
        List<float[]> labels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            data.add(Training.normal(random, 40, 1));
            labels.add(Training.normal(random, 24, 1));
        }
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                Training.config(
                                        Loss.l2Loss(),
                                        Optimizer.sgd()
                                                .setLearningRateTracker(Tracker.fixed(0.1f))
                                                .build()),
                                settings)) {
            Training.initialize(trainer, 75, new Shape(8, 5));
            List<NDList> copies = new ArrayList<>();
            List<float[]> sum = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<float[]> before = i == 0 ? null : Training.gradients(trainer);
                Training.batch(
                        trainer, data.get(i), new Shape(8, 5), labels.get(i), new Shape(8, 3));
                copies.add(trainer.weightCopies());
                List<float[]> after = Training.gradients(trainer);
                if (before != null) {
                    for (int j = 0; j < after.size(); j++) {
                        assertThat(after.get(j)).isNotEqualTo(before.get(j));
                    }
                }
                sum = after;
            }
            assertThat(copies.get(0)).hasSize(4);
            for (int i = 0; i < 4; i++) {
                assertThat(copies.get(1).get(i)).isSameAs(copies.get(0).get(i));
                assertThat(copies.get(2).get(i)).isSameAs(copies.get(0).get(i));
            }
            List<float[]> expected = uncached(autocast, data, labels);
            for (int i = 0; i < expected.size(); i++) {
                if (precision != Precision.FLOAT8) {
                    assertThat(sum.get(i)).containsExactly(expected.get(i), within(1e-6f));
                }
            }
            trainer.step();
            assertThat(trainer.getAccumulatedBatches()).isEqualTo(1);
        }
    }

    /** The mean of the batches' gradients, each with weights cast anew. */
    private static List<float[]> uncached(
            Autocast autocast, List<float[]> data, List<float[]> labels) {
        List<float[]> sum = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            try (Model model = Training.model(Training.mlp(7, 3));
                    MixedPrecisionTrainer trainer =
                            new MixedPrecisionTrainer(
                                    model,
                                    Training.config(
                                            Loss.l2Loss(),
                                            Optimizer.sgd()
                                                    .setLearningRateTracker(Tracker.fixed(0.1f))
                                                    .build()),
                                    MixedPrecision.builder()
                                            .optAutocast(autocast)
                                            .optLossScaling(LossScaling.none())
                                            .optAccumulationSteps(3)
                                            .build())) {
                Training.initialize(trainer, 75, new Shape(8, 5));
                Training.batch(
                        trainer, data.get(i), new Shape(8, 5), labels.get(i), new Shape(8, 3));
                List<float[]> gradients = Training.gradients(trainer);
                for (int j = 0; j < gradients.size(); j++) {
                    if (i == 0) {
                        sum.add(gradients.get(j));
                    } else {
                        for (int k = 0; k < sum.get(j).length; k++) {
                            sum.get(j)[k] += gradients.get(j)[k];
                        }
                    }
                }
            }
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BFLOAT16", "FLOAT16", "FLOAT8"})
    void weightsStayInSinglePrecision(Precision precision) throws IOException {
        try (Model model = Training.model(convolutional());
                MixedPrecisionTrainer trainer = trainer(model, MixedPrecision.of(precision))) {
            Patterns batch = new Patterns(new Random(76));
            for (int i = 0; i < 3; i++) {
                Training.step(trainer, batch.images, IMAGES, batch.classes, CLASSES);
            }
            int exact = 0;
            int all = 0;
            for (Parameter parameter : model.getBlock().getParameters().values()) {
                assertThat(parameter.getArray().getDataType()).isEqualTo(DataType.FLOAT32);
                for (float value : parameter.getArray().toFloatArray()) {
                    all++;
                    exact += (Float.floatToRawIntBits(value) & 0x1FFF) == 0 ? 1 : 0;
                }
            }
            assertThat(exact).isLessThan(all / 2);
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            model.getBlock().saveParameters(new DataOutputStream(saved));
            assertThat(saved.size()).isBetween(4 * all, 4 * all + 4000);
            // Weights written between training and evaluation, as averaged ones are, are used.
            try (NDManager manager = trainer.getManager().newSubManager()) {
                NDList images = new NDList(manager.create(batch.images, IMAGES));
                float[] before = trainer.evaluate(images).head().toFloatArray();
                NDArray weight =
                        model.getBlock()
                                .getParameters()
                                .valueAt(model.getBlock().getParameters().size() - 2)
                                .getArray();
                weight.set(new float[(int) weight.size()]);
                trainer.clearWeightCopies();
                float[] after = trainer.evaluate(images).head().toFloatArray();
                assertThat(after).isNotEqualTo(before);
                for (int i = 4; i < after.length; i++) {
                    assertThat(after[i]).isEqualTo(after[i - 4]);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BFLOAT16", "FLOAT16", "FLOAT8", "TF32"})
    void castsRecurrentCells(Precision precision) {
        LSTM lstm = LSTM.builder().setNumLayers(1).setStateSize(6).optBatchFirst(true).build();
        try (Model model = Training.model(lstm)) {
            NDManager manager = model.getNDManager();
            lstm.initialize(manager, DataType.FLOAT32, new Shape(2, 5, 3));
            NDArray x = Training.random(manager, 77, new Shape(2, 5, 3));
            ParameterStore store = new ParameterStore(manager, false);
            float[] single = lstm.forward(store, new NDList(x), false).head().toFloatArray();
            try (AutocastBlock block = new AutocastBlock(lstm, Autocast.of(precision), manager)) {
                float[] low = block.forward(store, new NDList(x), false).head().toFloatArray();
                assertThat(low).isNotEqualTo(single);
                assertThat(low)
                        .containsExactly(single, within(8 * (float) precision.format().epsilon()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BFLOAT16", "FLOAT16", "FLOAT8", "TF32"})
    void takesInputsOfHalfPrecision(Precision precision) {
        try (Model model = Training.model(Training.mlp(7, 3));
                NDManager manager = model.getNDManager().newSubManager();
                AutocastBlock block =
                        new AutocastBlock(model.getBlock(), Autocast.of(precision), manager)) {
            model.getBlock().initialize(manager, DataType.FLOAT32, new Shape(8, 5));
            NDArray half =
                    Training.random(manager, 80, new Shape(8, 5)).toType(DataType.FLOAT16, false);
            NDArray single = half.toType(DataType.FLOAT32, false);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray expected = block.forward(store, new NDList(single), false).head();
            NDArray actual = block.forward(store, new NDList(half), false).head();
            assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(actual.toFloatArray()).isEqualTo(expected.toFloatArray());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, SIMULATED",
        "TF32, SIMULATED",
        "FLOAT16, SIMULATED",
        "BFLOAT16, SIMULATED",
        "BFLOAT16, NATIVE",
        "FLOAT8, SIMULATED"
    })
    void manyStepsLeaveNoArraysBehind(Precision precision, Computation computation) {
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optAutocast(
                                Autocast.builder()
                                        .setPrecision(precision)
                                        .optComputation(computation)
                                        .build())
                        .optLossScaling(
                                LossScaling.dynamic()
                                        .optInitialScale(0x1p30f)
                                        .optGrowthInterval(40)
                                        .build())
                        .optMaxGradientNorm(1)
                        .optMaxGradientValue(0.5f)
                        .optAccumulationSteps(2)
                        .build();
        try (Model model = Training.model(Training.mlp(7, 3));
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                Training.config(
                                        Loss.l2Loss(),
                                        Optimizer.adam()
                                                .optLearningRateTracker(Tracker.fixed(0.01f))
                                                .build()),
                                settings)) {
            Training.initialize(trainer, 78, new Shape(8, 5));
            Random random = new Random(79);
            float[] data = Training.normal(random, 40, 1);
            float[] labels = Training.normal(random, 24, 1);
            int[] counts = new int[2];
            for (int i = 0; i < 600; i++) {
                Training.step(trainer, data, new Shape(8, 5), labels, new Shape(8, 3));
                if (i == 199 || i == 599) {
                    // The manager above holds those of all models and kernels.
                    counts[i / 599] = Training.arrays(model.getNDManager().getParentManager());
                }
            }
            assertThat(trainer.getSteps()).isEqualTo(300);
            assertThat(counts[1]).isEqualTo(counts[0]);
        }
    }

    @Test
    void twoTrainersDoNotDisturbEachOther() {
        MixedPrecision settings = MixedPrecision.of(Precision.FLOAT8);
        float[] alone = losses(settings, 20);
        float[] first = new float[20];
        float[] second = new float[20];
        try (Model one = Training.model(convolutional());
                Model other = Training.model(convolutional());
                MixedPrecisionTrainer trainer = trainer(one, settings);
                MixedPrecisionTrainer beside = trainer(other, settings)) {
            Random random = new Random(71);
            for (int i = 0; i < 20; i++) {
                Patterns batch = new Patterns(random);
                first[i] = Training.step(trainer, batch.images, IMAGES, batch.classes, CLASSES);
                second[i] = Training.step(beside, batch.images, IMAGES, batch.classes, CLASSES);
            }
        }
        assertThat(first).isEqualTo(alone);
        assertThat(second).isEqualTo(alone);
    }
}
