package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
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
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.estimator.ApotLevels;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published methods, named by recipes, from preparing to a saved model. */
class EstimatorTrainingTest {

    private static final Shape INPUT = new Shape(1, 8);

    @TempDir Path folder;

    private static Recipe recipe(String tensors) {
        return RecipeReader.read("name: test\n" + tensors, RecipeFormat.YAML);
    }

    private static SequentialBlock network() {
        return new SequentialBlock()
                .add(TestBlocks.linear(24))
                .add(Activation.reluBlock())
                .add(TestBlocks.linear(24))
                .add(Activation.reluBlock())
                .add(TestBlocks.linear(1));
    }

    private static Block initialized(NDManager manager) {
        Block block = network();
        block.initialize(manager, DataType.FLOAT32, INPUT);
        TestBlocks.randomize(block, manager, 3);
        return block;
    }

    /** A target that a network of the same shape computes. */
    private static ArrayDataset dataset(NDManager manager) {
        Block teacher = network();
        teacher.initialize(manager, DataType.FLOAT32, INPUT);
        TestBlocks.randomize(teacher, manager, 5);
        NDArray x = TestBlocks.random(manager, 8, new Shape(256, 8));
        return new ArrayDataset.Builder()
                .setData(x)
                .optLabels(TestBlocks.eval(teacher, manager, x))
                .setSampling(32, false)
                .build();
    }

    private static double loss(Block block, NDManager manager, ArrayDataset data) throws Exception {
        double sum = 0;
        int batches = 0;
        for (var batch : data.getData(manager)) {
            try (batch) {
                NDArray y = TestBlocks.eval(block, manager, batch.getData().head());
                sum += y.sub(batch.getLabels().head()).square().mean().getFloat();
                batches++;
            }
        }
        return sum / batches;
    }

    private static void fit(Model model, ArrayDataset data, int epochs) throws Exception {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optOptimizer(
                                Optimizer.adam()
                                        .optLearningRateTracker(Tracker.fixed(0.01f))
                                        .build());
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, epochs, data, null);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights: {format: int4, estimator: dorefa}\nactivations: {format: uint4, estimator: dorefa}",
                "weights: {format: int4, narrowRange: true}\nactivations: {format: uint4, estimator: pact}",
                "weights: {format: int4, estimator: lsq-plus}\nactivations: {format: uint4, estimator: lsq-plus}",
                "weights: {format: int5, estimator: apot}\nactivations: {format: uint4, estimator: apot}",
                "weights: {format: ternary, estimator: bitnet}\nactivations: {format: int8, estimator: bitnet}",
                "weights: {format: binary, estimator: binary-connect}",
                "weights: {format: binary, estimator: xnor-net}",
                "weights: {format: binary, estimator: dorefa}",
                "weights: {format: int4, estimator: learned-bit-width}\nactivations: {format: int4, estimator: learned-bit-width}",
                "weights: {format: int8}\nactivations: {format: int8, granularity: per-token}",
                "weights: {format: int4, estimator: stochastic-rounding}\nactivations: {format: uint8, estimator: additive-noise}",
                "weights: {format: int4, convention: ggml-signed-max, granularity: per-group, groupSize: 4}"
            })
    void trainsIsSavedAndComputesTheSameAgain(String tensors) throws Exception {
        Recipe recipe = recipe(tensors);
        try (Model model = Model.newInstance("student");
                NDManager manager = NDManager.newBaseManager()) {
            model.setBlock(initialized(model.getNDManager()));
            QuantizedBlock prepared = Quantization.prepare(model, recipe, INPUT);
            ArrayDataset data = dataset(manager);
            Quantization.calibrate(model, data, 2);
            double before = loss(prepared, manager, data);
            Map<String, Float> begun = learned(prepared);
            fit(model, data, 12);
            assertThat(loss(prepared, manager, data)).isLessThan(0.6 * before);
            Map<String, Float> ended = learned(prepared);
            // A level moves once something is clipped, and the offset of weights never.
            assertThat(begun.isEmpty() || !ended.equals(begun)).isTrue();
            NDArray x = TestBlocks.random(manager, 12, new Shape(9, 8));
            float[] expected = TestBlocks.eval(prepared, manager, x).toFloatArray();
            model.save(folder, "student");
            try (Model again = Model.newInstance("student")) {
                again.setBlock(initialized(again.getNDManager()));
                Quantization.prepare(again, recipe, INPUT);
                again.load(folder, "student");
                assertThat(TestBlocks.eval(again.getBlock(), manager, x).toFloatArray())
                        .isEqualTo(expected);
            }
            ConvertedModel converted = Quantization.convert(model);
            assertThat(TestBlocks.eval(converted.block(), manager, x).toFloatArray())
                    .isEqualTo(expected);
        }
    }

    private static Map<String, Float> learned(QuantizedBlock prepared) {
        return prepared.estimators().values().stream()
                .flatMap(
                        estimator ->
                                estimator.getParameters().stream()
                                        .map(
                                                pair ->
                                                        Map.entry(
                                                                estimator.getName() + pair.getKey(),
                                                                pair.getValue()
                                                                        .getArray()
                                                                        .getFloat())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static float[] convertedWeight(NDManager manager, String tensors) {
        QuantizedBlock prepared =
                Quantization.prepare(initialized(manager), manager, recipe(tensors), INPUT);
        return Quantization.convert(prepared).graph().nodes().stream()
                .flatMap(node -> node.arguments().stream())
                .filter(Argument.Constant.class::isInstance)
                .map(argument -> (float[]) ((Argument.Constant) argument).data())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void weightsAreInTheSetsOfTheirMethods() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] first =
                    initialized(manager).getParameters().valueAt(0).getArray().toFloatArray();
            double mean =
                    IntStream.range(0, first.length)
                            .mapToDouble(i -> Math.abs(first[i]))
                            .average()
                            .orElseThrow();
            for (float value :
                    convertedWeight(manager, "weights: {format: ternary, estimator: bitnet}")) {
                assertThat(Math.abs(value) < 1e-6 || Math.abs(Math.abs(value) - mean) < 1e-5)
                        .isTrue();
            }
            for (float value :
                    convertedWeight(
                            manager, "weights: {format: binary, estimator: binary-connect}")) {
                assertThat(Math.abs(value)).isEqualTo(1);
            }
            float[] xnor =
                    convertedWeight(manager, "weights: {format: binary, estimator: xnor-net}");
            for (int row = 0; row < 24; row++) {
                float[] filter = Arrays.copyOfRange(xnor, row * 8, row * 8 + 8);
                for (int i = 0; i < 8; i++) {
                    assertThat(Math.abs(filter[i])).isEqualTo(Math.abs(filter[0]));
                    assertThat(filter[i] > 0).isEqualTo(first[row * 8 + i] >= 0);
                }
            }
            float[] apot = convertedWeight(manager, "weights: {format: int5, estimator: apot}");
            double alpha =
                    IntStream.range(0, first.length)
                            .mapToDouble(i -> Math.abs(first[i]))
                            .max()
                            .orElseThrow();
            double[] levels = ApotLevels.of(4, 2).values();
            for (float value : apot) {
                assertThat(
                                Arrays.stream(levels)
                                        .map(l -> Math.abs(l * alpha - Math.abs(value)))
                                        .min()
                                        .orElseThrow())
                        .isLessThan(1e-6);
            }
        }
    }

    @Test
    void trainsInFloatingPointUntilTheDelayIsOver() throws Exception {
        String tensors = "weights: {format: int2}\nactivations: {format: uint2}\n";
        try (Model plain = Model.newInstance("plain");
                Model delayed = Model.newInstance("delayed");
                NDManager manager = NDManager.newBaseManager()) {
            plain.setBlock(initialized(plain.getNDManager()));
            delayed.setBlock(initialized(delayed.getNDManager()));
            QuantizedBlock prepared =
                    Quantization.prepare(
                            delayed, recipe(tensors + "training: {quantizeAfter: 16}"), INPUT);
            ArrayDataset data = dataset(manager);
            fit(plain, data, 2);
            fit(delayed, data, 2);
            assertThat(prepared.getSteps()).isEqualTo(16);
            NDArray x = TestBlocks.random(manager, 12, new Shape(9, 8));
            float[] expected = TestBlocks.eval(plain.getBlock(), manager, x).toFloatArray();
            assertThat(TestBlocks.eval(prepared, manager, x).toFloatArray()).isEqualTo(expected);
            fit(delayed, data, 1);
            float[] quantized = TestBlocks.eval(prepared, manager, x).toFloatArray();
            assertThat(quantized).isNotEqualTo(expected);
            assertThat(
                            Quantization.convert(prepared).graph().nodes().stream()
                                    .filter(node -> node.op().equals(Node.FAKE_QUANTIZE)))
                    .hasSize(3);
        }
    }

    @Test
    void learnedScalesBeginWithTheWeightsAsTheyAreAfterTheDelay() {
        for (String weights :
                List.of("{format: int4, learning: lsq}", "{format: int4, estimator: lsq-plus}")) {
            try (NDManager manager = NDManager.newBaseManager()) {
                SequentialBlock block = new SequentialBlock().add(TestBlocks.linear(8));
                block.initialize(manager, DataType.FLOAT32, INPUT);
                TestBlocks.randomize(block, manager, 3);
                QuantizedBlock prepared =
                        Quantization.prepare(
                                block,
                                manager,
                                recipe("weights: " + weights + "\ntraining: {quantizeAfter: 1}"),
                                INPUT);
                NDArray scale =
                        prepared.getParameters().stream()
                                .filter(pair -> pair.getKey().endsWith("_scale"))
                                .findFirst()
                                .orElseThrow()
                                .getValue()
                                .getArray();
                float before = scale.toFloatArray()[0];
                NDArray x = manager.ones(INPUT);
                ParameterStore store = new ParameterStore(manager, false);
                prepared.forward(store, new NDList(x), true);
                NDArray weight = block.getParameters().valueAt(0).getArray();
                weight.set(weight.mul(4).toFloatArray());
                assertThat(scale.toFloatArray()[0]).isEqualTo(before);
                prepared.forward(store, new NDList(x), true);
                assertThat(scale.toFloatArray()[0]).isCloseTo(4 * before, within(1e-3f * before));
            }
        }
    }

    @Test
    void quantizesARisingShareOfTheWeightsAndTheSameForTheSameSeed() {
        String tensors = "weights: {format: int2}\n";
        String schedule =
                "training: {quantizeAfter: 2, quantizeGraduallyOver: 4, quantizedShare: 0.8, seed: ";
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Double> shares = shares(manager, tensors + schedule + "7}");
            assertThat(shares.subList(0, 2)).containsOnly(0.0);
            for (int i = 0; i < 4; i++) {
                assertThat(shares.get(2 + i)).isBetween(0.2 * (i + 1) - 0.1, 0.2 * (i + 1) + 0.1);
            }
            assertThat(shares.get(7)).isBetween(0.7, 0.9);
            assertThat(shares(manager, tensors + schedule + "7}")).isEqualTo(shares);
            assertThat(shares(manager, tensors + schedule + "8}")).isNotEqualTo(shares);
        }
    }

    /** The share of a weight that each of eight training forwards changes. */
    private static List<Double> shares(NDManager manager, String text) {
        SequentialBlock block = new SequentialBlock().add(TestBlocks.linear(64));
        block.initialize(manager, DataType.FLOAT32, INPUT);
        TestBlocks.randomize(block, manager, 3);
        float[] weight = block.getParameters().valueAt(0).getArray().toFloatArray();
        float[] bias = block.getParameters().valueAt(1).getArray().toFloatArray();
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe(text), INPUT);
        NDArray identity = manager.eye(8);
        return IntStream.range(0, 8)
                .mapToObj(
                        step -> {
                            float[] y =
                                    prepared.forward(
                                                    new ParameterStore(manager, false),
                                                    new NDList(identity),
                                                    true)
                                            .singletonOrThrow()
                                            .transpose()
                                            .toFloatArray();
                            long changed =
                                    IntStream.range(0, y.length)
                                            .filter(
                                                    i ->
                                                            Math.abs(y[i] - bias[i / 8] - weight[i])
                                                                    > 1e-4)
                                            .count();
                            return (double) changed / y.length;
                        })
                .toList();
    }

    @Test
    void inferenceRoundsAsTheConventionOfTheRecipe() {
        // 0.5 steps: half to even goes down, half away from zero up.
        for (String convention : List.of("tensorflow", "ggml")) {
            try (NDManager manager = NDManager.newBaseManager()) {
                SequentialBlock block = new SequentialBlock().add(TestBlocks.linear(8));
                block.initialize(manager, DataType.FLOAT32, INPUT);
                block.getParameters().valueAt(0).getArray().set(manager.eye(8).toFloatArray());
                QuantizedBlock prepared =
                        Quantization.prepare(
                                block,
                                manager,
                                recipe(
                                        "weights: {format: int8, narrowRange: true}\nactivations: {format: int8, convention: "
                                                + convention
                                                + (convention.equals("tensorflow")
                                                        ? ", symmetry: affine}"
                                                        : "}")),
                                INPUT);
                NDArray x = TestBlocks.random(manager, 2, new Shape(64, 8)).mul(3);
                Quantization.calibrate(prepared, manager, List.of(new NDList(x)));
                FakeQuantize input =
                        prepared.getQuantizers().values().stream()
                                .filter(q -> q.getName().startsWith("input"))
                                .findFirst()
                                .orElseThrow();
                float scale = input.getQuantizationParameters().scales()[0];
                float[] ties = new float[64];
                for (int i = 0; i < ties.length; i++) {
                    ties[i] = (i - 32 + 0.5f) * scale;
                }
                NDArray tie = manager.create(ties, new Shape(8, 8));
                NDArray expected =
                        input.forward(new ParameterStore(manager, false), new NDList(tie), false)
                                .singletonOrThrow();
                NDArray actual = TestBlocks.eval(prepared, manager, tie);
                assertThat(TestBlocks.greatestDifference(actual, expected))
                        .isLessThan(scale * 0.05f);
            }
        }
    }

    @Test
    void negativeScalesStaySoWhenABatchNormIsFolded() {
        Shape shape = new Shape(1, 3, 8, 8);
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block = TestBlocks.convolutional();
            block.initialize(manager, DataType.FLOAT32, shape);
            TestBlocks.randomize(block, manager, 3);
            QuantizedBlock prepared =
                    Quantization.prepare(
                            block,
                            manager,
                            recipe("weights: {format: int4, convention: ggml-signed-max}"),
                            shape);
            ConvertedModel converted = Quantization.convert(prepared);
            long negative = 0;
            for (Node node : converted.graph().nodes()) {
                for (Argument argument : node.arguments()) {
                    if (argument instanceof Argument.Quantized quantized) {
                        for (float scale : quantized.tensor().parameters().scales()) {
                            assertThat(Math.abs(scale)).isGreaterThan(1e-6f);
                            negative += scale < 0 ? 1 : 0;
                        }
                    }
                }
            }
            assertThat(negative).isPositive();
        }
    }

    @Test
    void refusesTokensOfAConvolutionAndUncalibratedLevels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (String activations :
                    List.of(
                            "{format: int8, estimator: bitnet}",
                            "{format: int8, granularity: per-token}")) {
                SequentialBlock conv = TestBlocks.convolutional();
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () ->
                                        Quantization.prepare(
                                                conv,
                                                manager,
                                                recipe(
                                                        "weights: {format: int8}\nactivations: "
                                                                + activations),
                                                new Shape(1, 3, 8, 8)))
                        .withMessageContaining("a convolution has no tokens");
            }
            QuantizedBlock prepared =
                    Quantization.prepare(
                            initialized(manager),
                            manager,
                            recipe(
                                    "weights: {format: int4}\nactivations: {format: uint4, estimator: pact}"),
                            INPUT);
            NDArray x = manager.ones(INPUT);
            assertThatIllegalStateException()
                    .isThrownBy(() -> TestBlocks.eval(prepared, manager, x))
                    .withMessageContaining("has seen no data");
        }
    }

    @Test
    void roundedActivationsAreNamedInTheGraph() {
        try (NDManager manager = NDManager.newBaseManager()) {
            QuantizedBlock prepared =
                    Quantization.prepare(
                            initialized(manager),
                            manager,
                            recipe(
                                    "weights: {format: int8}\nactivations: {format: int8, granularity: per-token}"),
                            INPUT);
            List<Node> rounds =
                    Quantization.convert(prepared).graph().nodes().stream()
                            .filter(node -> node.op().equals(Node.ROUND))
                            .toList();
            assertThat(rounds).hasSize(3);
        }
    }
}
