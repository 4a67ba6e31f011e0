package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.conv;
import static io.github.djlqat.fakequant.TestBlocks.convolutional;
import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
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
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Prepared models under DJL's own trainer. */
class TrainingTest {

    private static final Shape IMAGE = new Shape(2, 2, 6, 6);
    private static final Recipe LEARNED =
            Recipes.of(Recipes.LSQ_WEIGHTS, Recipes.LSQ_UINT4, Recipes.UINT8);

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).build());
    }

    private static ArrayDataset data(NDManager manager, Shape sample, int outputs) {
        return new ArrayDataset.Builder()
                .setData(random(manager, 1, new Shape(8).addAll(sample)))
                .optLabels(random(manager, 2, new Shape(8, outputs)))
                .setSampling(4, false)
                .build();
    }

    @Test
    void aFakeQuantizerByHandLearnsItsScale() throws Exception {
        FakeQuantize input = FakeQuantize.builder(Recipes.LSQ_UINT4).optName("input").build();
        FakeQuantize hidden = FakeQuantize.builder(Recipes.UINT8).optName("hidden").build();
        Block block =
                new SequentialBlock()
                        .add(input)
                        .add(linear(6))
                        .add(Activation.reluBlock())
                        .add(hidden)
                        .add(linear(2));
        try (Model model = Model.newInstance("hand");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(block);
            ArrayDataset data = data(manager, new Shape(5), 2);
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(new Shape(4, 5));
                EasyTrain.fit(trainer, 1, data, null);
                float first = input.getQuantizationParameters().scales()[0];
                float second = hidden.getQuantizationParameters().scales()[0];
                EasyTrain.fit(trainer, 3, data, null);
                assertThat(input.getQuantizationParameters().scales()[0]).isNotEqualTo(first);
                assertThat(hidden.getQuantizationParameters().scales()[0]).isNotEqualTo(second);
                hidden.setObserving(false);
                Observer seen = hidden.getObserver();
                float kept = hidden.getQuantizationParameters().scales()[0];
                EasyTrain.fit(trainer, 1, data, null);
                assertThat(hidden.getObserver()).isSameAs(seen);
                assertThat(hidden.getQuantizationParameters().scales()[0]).isEqualTo(kept);
            }
        }
    }

    @Test
    void learnedScalesMoveAndComeBackFromTheFile(@TempDir Path folder) throws Exception {
        try (Model model = Model.newInstance("m");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(convolutional());
            QuantizedBlock prepared = Quantization.prepare(model, LEARNED, IMAGE);
            ArrayDataset data = data(manager, new Shape(2, 6, 6), 3);
            Quantization.calibrate(model, data, 2);
            FakeQuantize weight = prepared.getQuantizers().get("04Conv2d_weight");
            float[] before = weight.getQuantizationParameters().scales();
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(IMAGE);
                EasyTrain.fit(trainer, 2, data, null);
            }
            assertThat(weight.getQuantizationParameters().scales()).isNotEqualTo(before);
            NDArray input = random(manager, 7, IMAGE);
            float[] expected = eval(prepared, manager, input).toFloatArray();
            prepared.freezeObservers();
            model.save(folder, "m");

            try (Model fresh = Model.newInstance("m");
                    Model plain = Model.newInstance("m")) {
                fresh.setBlock(convolutional());
                QuantizedBlock again = Quantization.prepare(fresh, LEARNED, IMAGE);
                fresh.load(folder, "m");
                assertThat(eval(again, manager, input).toFloatArray()).isEqualTo(expected);
                assertThat(again.getSteps()).isEqualTo(prepared.getSteps()).isEqualTo(4);
                plain.setBlock(convolutional());
                plain.getBlock().initialize(manager, DataType.FLOAT32, IMAGE);
                plain.load(folder, "m");
                assertThat(eval(plain.getBlock(), manager, input).toFloatArray())
                        .isEqualTo(eval(prepared.getBlock(), manager, input).toFloatArray());
                plain.save(folder, "plain");
                fresh.load(folder, "plain");
                assertThat(eval(again, manager, input).toFloatArray()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aLearnedScaleThatTheOptimizerMadeNegativeIsNeverUsed() {
        try (NDManager manager = NDManager.newBaseManager()) {
            QuantizedBlock prepared =
                    Quantization.prepare(
                            convolutional(),
                            manager,
                            Recipes.of(Recipes.LSQ_WEIGHTS, null, null),
                            IMAGE);
            NDArray input = random(manager, 7, IMAGE);
            eval(prepared, manager, input);
            NDArray scale =
                    prepared.getQuantizers()
                            .get("01Conv2d_weight")
                            .getDirectParameters()
                            .get("scale")
                            .getArray();
            scale.muli(-1);
            assertThat(
                            prepared.getQuantizers()
                                    .get("01Conv2d_weight")
                                    .getQuantizationParameters()
                                    .scales())
                    .isEqualTo(scale.toFloatArray());
            for (float value : scale.toFloatArray()) {
                assertThat(value).isPositive();
            }
            ConversionTest.check(prepared, manager, 2e-5f);
        }
    }

    @Test
    void theScheduleFreezesObserversAndBatchNorms() throws Exception {
        Recipe recipe =
                Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, null)
                        .withTraining(new TrainingOptions(true, 2, 4));
        try (Model model = Model.newInstance("m");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(convolutional());
            QuantizedBlock prepared = Quantization.prepare(model, recipe, IMAGE);
            NDArray mean = prepared.getParameters().get("02BatchNorm_runningMean").getArray();
            FakeQuantize input = prepared.getQuantizers().get("input0");
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(IMAGE);
                float[][] means = new float[6][];
                Observer[] seen = new Observer[6];
                for (int step = 0; step < 6; step++) {
                    step(
                            trainer,
                            random(manager, step, IMAGE),
                            random(manager, 9, new Shape(2, 3)));
                    means[step] = mean.toFloatArray();
                    seen[step] = input.getObserver();
                }
                assertThat(means[1]).isNotEqualTo(means[0]);
                assertThat(means[2]).isEqualTo(means[1]);
                assertThat(means[5]).isEqualTo(means[1]);
                assertThat(seen[3]).isNotEqualTo(seen[2]);
                assertThat(seen[4]).isSameAs(seen[3]);
                assertThat(seen[5]).isSameAs(seen[3]);
                NDArray x = random(manager, 3, IMAGE);
                // With frozen BatchNorms and observers a training forward is the inference one, but
                // for the rounding of the biases to half a unit of the accumulator.
                assertThat(trainer.forward(new NDList(x)).singletonOrThrow().toFloatArray())
                        .containsExactly(eval(prepared, manager, x).toFloatArray(), within(1e-4f));
            }
        }
    }

    static Stream<Arguments> variants() {
        Supplier<Block> small =
                () ->
                        new SequentialBlock()
                                .add(conv(4, false))
                                .add(BatchNorm.builder().build())
                                .add(Activation.reluBlock())
                                .add(ai.djl.nn.Blocks.batchFlattenBlock())
                                .add(linear(3));
        Supplier<Block> mlp =
                () ->
                        new SequentialBlock()
                                .add(ai.djl.nn.Blocks.batchFlattenBlock())
                                .add(linear(8))
                                .add(Activation.reluBlock())
                                .add(linear(3));
        return Stream.of(
                variant("observed", small, Recipes.PER_CHANNEL, Recipes.UINT8),
                variant("learned", small, Recipes.LSQ_WEIGHTS, Recipes.LSQ_UINT4),
                variant("folded per tensor", small, Recipes.PER_TENSOR, Recipes.UINT8),
                variant("per group", mlp, Recipes.PER_GROUP, Recipes.UINT8));
    }

    private static Arguments variant(
            String name, Supplier<Block> block, TensorRecipe weights, TensorRecipe activations) {
        return Arguments.of(Named.of(name, block), Recipes.of(weights, activations, Recipes.UINT8));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void trainingKeepsNoNativeArrays(Supplier<Block> block, Recipe recipe) {
        Shape shape = new Shape(2, 1, 4, 4);
        try (Model model = Model.newInstance("m")) {
            model.setBlock(block.get());
            Quantization.prepare(model, recipe, shape);
            try (Trainer trainer = model.newTrainer(config())) {
                trainer.initialize(shape);
                run(trainer, shape, 5);
                int trainers = trainer.getManager().getManagedArrays().size();
                int models = model.getNDManager().getManagedArrays().size();
                run(trainer, shape, 495);
                assertThat(trainer.getManager().getManagedArrays()).hasSize(trainers);
                assertThat(model.getNDManager().getManagedArrays()).hasSize(models);
            }
        }
    }

    private static void run(Trainer trainer, Shape shape, int steps) {
        for (int i = 0; i < steps; i++) {
            try (NDManager batch = trainer.getManager().newSubManager()) {
                step(trainer, random(batch, i, shape), random(batch, i, new Shape(2, 3)));
            }
        }
    }

    private static void step(Trainer trainer, NDArray x, NDArray label) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList outputs = trainer.forward(new NDList(x));
            collector.backward(trainer.getLoss().evaluate(new NDList(label), outputs));
        }
        trainer.step();
    }

    @Test
    void calibrationKeepsNoNativeArrays() {
        try (NDManager manager = NDManager.newBaseManager()) {
            QuantizedBlock prepared =
                    Quantization.prepare(convolutional(), manager, LEARNED, IMAGE);
            NDList input = new NDList(random(manager, 7, IMAGE));
            int before = manager.getManagedArrays().size();
            Quantization.calibrate(prepared, manager, List.of(input, input));
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }
}
