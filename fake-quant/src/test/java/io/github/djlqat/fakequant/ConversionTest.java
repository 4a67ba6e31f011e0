package io.github.djlqat.fakequant;

import static io.github.djlqat.fakequant.TestBlocks.conv;
import static io.github.djlqat.fakequant.TestBlocks.convolutional;
import static io.github.djlqat.fakequant.TestBlocks.eval;
import static io.github.djlqat.fakequant.TestBlocks.greatestDifference;
import static io.github.djlqat.fakequant.TestBlocks.lambda;
import static io.github.djlqat.fakequant.TestBlocks.linear;
import static io.github.djlqat.fakequant.TestBlocks.random;
import static io.github.djlqat.fakequant.TestBlocks.randomize;
import static io.github.djlqat.fakequant.TestBlocks.trainingStep;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.util.Pair;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphRunner;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The converted graph, evaluated node by node, computes what the prepared block computes: codes
 * times scale, and the folded biases, are the fake-quantized weights with their BatchNorms.
 */
class ConversionTest {

    private static final Shape IMAGE = new Shape(2, 2, 6, 6);
    private static final Shape ROWS = new Shape(4, 8);

    static Stream<Arguments> cases() {
        Block normalizedRows =
                new SequentialBlock()
                        .add(linear(5))
                        .add(BatchNorm.builder().build())
                        .add(linear(3));
        Block normalizedSteps =
                new SequentialBlock().add(linear(5)).add(BatchNorm.builder().build());
        return Stream.of(
                row("narrow per channel", convolutional(), IMAGE, Recipes.PER_CHANNEL),
                row("full range per channel", convolutional(), IMAGE, Recipes.FULL_RANGE),
                row("per tensor", convolutional(), IMAGE, Recipes.PER_TENSOR),
                row("learned", convolutional(), IMAGE, Recipes.LSQ_WEIGHTS),
                row("linear, BatchNorm", normalizedRows, ROWS, Recipes.FULL_RANGE),
                row("linear, BatchNorm, per tensor", normalizedRows, ROWS, Recipes.PER_TENSOR),
                row(
                        "linear per group",
                        new SequentialBlock().add(linear(5)).add(BatchNorm.builder().build()),
                        ROWS,
                        Recipes.PER_GROUP),
                row(
                        "BatchNorm over another axis than the layer's channels",
                        normalizedSteps,
                        new Shape(2, 5, 8),
                        Recipes.PER_TENSOR));
    }

    private static Arguments row(String name, Block block, Shape shape, TensorRecipe weights) {
        return Arguments.of(Named.of(name, block), shape, weights);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldingIsExact(Block block, Shape shape, TensorRecipe weights) {
        try (NDManager manager = NDManager.newBaseManager()) {
            block.clear();
            block.initialize(manager, DataType.FLOAT32, shape);
            randomize(block, manager, 3);
            setGammas(block);
            NDArray plain = eval(block, manager, random(manager, 5, shape));
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Recipes.of(weights, null, null), shape);
            check(prepared, manager, 2e-5f);
            // Eight bits are enough to come near; a scale chosen for other weights would not be.
            NDArray rounded = eval(prepared, manager, random(manager, 5, shape));
            assertThat(greatestDifference(plain, rounded))
                    .isLessThan(0.05f * plain.abs().max().getFloat());
        }
    }

    /** Negative ones, and one that is zero. */
    private static void setGammas(Block block) {
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().getName().equals("gamma")) {
                float[] gammas = pair.getValue().getArray().toFloatArray();
                for (int i = 0; i < gammas.length; i++) {
                    gammas[i] = i == 1 ? 0 : i % 2 == 0 ? 0.3f + 3f * i : -0.1f - i;
                }
                pair.getValue().getArray().set(gammas);
            }
        }
    }

    static void check(QuantizedBlock prepared, NDManager manager, float tolerance) {
        ConvertedModel converted = Quantization.convert(prepared);
        for (Graph graph : converted.graphs()) {
            NDArray input = random(manager, 11, graph.inputs().get(0).shape());
            NDArray expected = eval(prepared, manager, input);
            assertThat(eval(converted.block(), manager, input).toFloatArray())
                    .isEqualTo(expected.toFloatArray());
            NDArray actual = GraphRunner.run(graph, manager, new NDList(input)).singletonOrThrow();
            float largest = Math.max(1, expected.abs().max().getFloat());
            assertThat(actual.getShape()).isEqualTo(expected.getShape());
            assertThat(greatestDifference(expected, actual)).isLessThan(tolerance * largest);
        }
    }

    static Stream<Arguments> variants() {
        List<Recipe> recipes =
                List.of(
                        Recipes.of(Recipes.PER_CHANNEL, Recipes.UINT8, Recipes.UINT8),
                        Recipes.of(Recipes.PER_TENSOR, Recipes.UINT8, null),
                        Recipes.of(Recipes.LSQ_WEIGHTS, Recipes.LSQ_UINT4, Recipes.UINT8));
        return IntStream.range(0, 6).boxed().map(seed -> Arguments.of(seed, recipes.get(seed % 3)));
    }

    /** Random networks: prepare, one training step, convert. */
    @ParameterizedTest
    @MethodSource("variants")
    void trainedNetworksConvertToWhatTheyCompute(int seed, Recipe recipe) {
        Block block = randomNetwork(new Random(seed));
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, IMAGE);
            randomize(block, manager, seed);
            QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, IMAGE);
            Quantization.calibrate(
                    prepared, manager, List.of(new NDList(random(manager, seed, IMAGE))));
            trainingStep(prepared, manager, random(manager, 100 + seed, IMAGE), 1e-3f);
            for (Pair<String, Parameter> pair : prepared.getParameters()) {
                for (float value : pair.getValue().getArray().toFloatArray()) {
                    assertThat(value).as(pair.getKey()).isFinite();
                }
            }
            // A value at the edge of two codes may round to either: at most one step of the
            // coarsest quantizer travels on.
            check(prepared, manager, recipe.activations() == Recipes.UINT8 ? 0.05f : 0.3f);
        }
    }

    private static Block randomNetwork(Random random) {
        SequentialBlock block = new SequentialBlock();
        int channels = 4;
        block.add(conv(channels, random.nextBoolean()));
        for (int i = 0; i < 2; i++) {
            boolean normalized = random.nextBoolean();
            SequentialBlock branch = new SequentialBlock().add(conv(channels, !normalized));
            if (normalized) {
                branch.add(BatchNorm.builder().build());
            }
            if (random.nextBoolean()) {
                branch.add(Activation.reluBlock());
            }
            if (random.nextBoolean()) {
                block.add(residual(branch));
            } else {
                channels += channels;
                block.add(joined(branch));
            }
            block.add(
                    random.nextBoolean()
                            ? Activation.reluBlock()
                            : Pool.maxPool2dBlock(
                                    new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)));
        }
        return block.add(lambda(x -> x.getNDArrayInternal().globalAvgPool())).add(linear(3));
    }

    static Block residual(Block branch) {
        return new ParallelBlock(
                outputs -> new NDList(outputs.get(0).head().add(outputs.get(1).head())),
                List.of(branch, ai.djl.nn.Blocks.identityBlock()));
    }

    static Block joined(Block branch) {
        return new ParallelBlock(
                outputs -> new NDList(outputs.get(0).head().concat(outputs.get(1).head(), 1)),
                List.of(branch, ai.djl.nn.Blocks.identityBlock()));
    }

    @Test
    void aChannelWithoutGainIsZeroAndConvertsToItsShift() {
        Block block = new SequentialBlock().add(conv(2, false)).add(BatchNorm.builder().build());
        for (TensorRecipe weights : List.of(Recipes.PER_CHANNEL, Recipes.PER_TENSOR)) {
            try (NDManager manager = NDManager.newBaseManager()) {
                block.clear();
                block.initialize(manager, DataType.FLOAT32, IMAGE);
                randomize(block, manager, 4);
                set(block, "gamma", 0, 1);
                set(block, "beta", 2.5f, -1);
                QuantizedBlock prepared =
                        Quantization.prepare(
                                block, manager, Recipes.of(weights, null, null), IMAGE);
                Graph graph = Quantization.convert(prepared).graph();
                NDArray output =
                        GraphRunner.run(graph, manager, new NDList(random(manager, 1, IMAGE)))
                                .singletonOrThrow();
                assertThat(output.get(":, 0").sub(2.5f).abs().max().getFloat()).isLessThan(1e-6f);
            }
        }
    }

    private static void set(Block block, String parameter, float... values) {
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().getName().equals(parameter)) {
                pair.getValue().getArray().set(values);
            }
        }
    }
}
