package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.exportcases.RandomArrays;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphRunner;
import io.github.djlqat.graph.Node;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared, calibrated and converted networks against the TorchScript files made of them. */
class ConvertedExportTest {

    /**
     * The converted block's sums are those of integers; in floating point, a value that is a
     * rounding error away from a tie takes the code beside it, which some of many do.
     */
    private static final float BESIDE_TIES = 0.02f;

    private static final TensorRecipe BYTES = activations(IntegerFormat.UINT8);

    static Stream<Arguments> presets() {
        Stream<Arguments> images =
                Stream.of("int8", "w4a4", "int4-weight-only", "fp8-e4m3")
                        .map(preset -> Arguments.of(preset, Presets.named(preset), "LeNet"));
        Stream<Arguments> rows =
                Stream.of(
                                "int8-symmetric",
                                "w3a3",
                                "w2a2",
                                "int8-weight-only",
                                "int4-weight-only-g32",
                                "bf16",
                                "fp16",
                                "fp8-e5m2",
                                "nf4-weight-only")
                        .map(preset -> Arguments.of(preset, Presets.named(preset), "Mlp"));
        FormatRecipe tokens = scaled(new Granularity.PerToken());
        Recipe perToken =
                new Recipe(
                        "fp8 for each token",
                        scaled(new Granularity.PerChannel(0)),
                        tokens,
                        null,
                        List.of(),
                        TrainingOptions.DEFAULT);
        return Stream.of(images, rows, Stream.of(Arguments.of(perToken.name(), perToken, "Mlp")))
                .flatMap(all -> all);
    }

    private static FormatRecipe scaled(Granularity granularity) {
        return new FormatRecipe(new TensorFormat.Scaled(FloatFormat.FLOAT8_E4M3FN, granularity));
    }

    static Stream<Arguments> weights() {
        return Stream.of(
                        recipe(
                                "int8 per tensor",
                                weights(IntegerFormat.INT8, Granularity.PER_TENSOR)),
                        recipe(
                                "int4 per tensor",
                                weights(IntegerFormat.INT4, Granularity.PER_TENSOR)),
                        recipe(
                                "uint4 per channel",
                                affine(IntegerFormat.UINT4, new Granularity.PerChannel(0)),
                                null),
                        recipe(
                                "int5 per channel",
                                weights(
                                        new IntegerFormat(5, true, false),
                                        new Granularity.PerChannel(0))))
                .map(recipe -> Arguments.of(recipe.name(), recipe, "Mlp"));
    }

    static Stream<Arguments> groups() {
        return Stream.of(
                        recipe(
                                "int8 in groups",
                                weights(IntegerFormat.INT8, new Granularity.PerGroup(1, 16))),
                        recipe(
                                "uint4 in groups",
                                affine(IntegerFormat.UINT4, new Granularity.PerGroup(1, 16)),
                                null),
                        recipe(
                                "int4 in short groups",
                                weights(IntegerFormat.INT4, new Granularity.PerGroup(1, 20, true))),
                        recipe(
                                "int4 in blocks",
                                weights(IntegerFormat.INT4, new Granularity.PerBlock(3, 16))))
                .map(recipe -> Arguments.of(recipe.name(), recipe, "Mlp"));
    }

    static Stream<Arguments> conventions() {
        return Conventions.names().stream()
                .map(Conventions::named)
                .map(
                        convention ->
                                recipe(
                                        "convention " + convention,
                                        weights(IntegerFormat.INT8, new Granularity.PerChannel(0))
                                                .withConvention(convention),
                                        activations(IntegerFormat.INT8).withConvention(convention)))
                .map(recipe -> Arguments.of(recipe.name(), recipe, "Mlp"));
    }

    static Stream<Arguments> networks() {
        return Stream.of("ResNetV1", "attention")
                .map(network -> Arguments.of("int8", Presets.named("int8"), network));
    }

    private static TensorRecipe weights(IntegerFormat format, Granularity granularity) {
        return TensorRecipe.weights(format, ObserverType.MIN_MAX, ScaleLearning.OBSERVED)
                .withGranularity(granularity);
    }

    private static TensorRecipe affine(IntegerFormat format, Granularity granularity) {
        return TensorRecipe.activations(format, ObserverType.MIN_MAX, ScaleLearning.OBSERVED)
                .withGranularity(granularity);
    }

    private static TensorRecipe activations(IntegerFormat format) {
        return TensorRecipe.activations(format, ObserverType.MIN_MAX, ScaleLearning.OBSERVED);
    }

    private static Recipe recipe(String name, TensorRecipe weights) {
        return recipe(name, weights, BYTES);
    }

    private static Recipe recipe(
            String name, TensorRecipe weights, @Nullable TensorRecipe activations) {
        return new Recipe(
                name, weights, activations, activations, List.of(), TrainingOptions.DEFAULT);
    }

    private static final Map<String, Supplier<Block>> NETWORKS =
            Map.of(
                    "LeNet", () -> LeNet.builder().build(),
                    "Mlp", () -> new SequentialBlock().add(new Mlp(96, 10, new int[] {64, 32})),
                    "ResNetV1", ConvertedExportTest::resNet,
                    "attention",
                            () -> new TransformerEncoderBlock(8, 2, 12, 0.1f, Activation::gelu));

    private static final Map<String, Shape> SAMPLES =
            Map.of(
                    "LeNet",
                    new Shape(1, 28, 28),
                    "Mlp",
                    new Shape(96),
                    "ResNetV1",
                    new Shape(3, 16, 16),
                    "attention",
                    new Shape(5, 8));

    private static Block resNet() {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, 16, 16))
                .setNumLayers(20)
                .setOutSize(10)
                .build();
    }

    @ParameterizedTest(name = "{2} {0}")
    @MethodSource({"presets", "weights", "groups", "conventions", "networks"})
    void agreesWithTheConvertedBlock(String name, Recipe recipe, String network) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape sample = SAMPLES.get(network);
            ConvertedModel converted =
                    converted(manager, NETWORKS.get(network).get(), sample, recipe);
            Graph graph = converted.graphs().get(0);
            TorchScriptArchive archive =
                    TorchScriptExporter.export(graph, converted.graphs().get(1));
            ScriptAgreement.keep(network + "_" + recipe.name().replace(' ', '_'), archive);
            try (Model model = ScriptAgreement.load(archive)) {
                ParameterStore store = new ParameterStore(manager, false);
                for (int batch : new int[] {1, 5}) {
                    NDList inputs = input(manager, sample, batch);
                    NDArray actual = model.getBlock().forward(store, inputs, false).head();
                    assertThat(
                                    relative(
                                            actual,
                                            converted.block().forward(store, inputs, false).head()))
                            .isLessThan(network.equals("ResNetV1") ? BESIDE_TIES : 1e-6f);
                    if (isFakeQuantized(graph) && batch == 1) {
                        // The same operations in the same order, each of the graph's own.
                        assertThat(actual.toFloatArray())
                                .containsExactly(
                                        GraphRunner.run(graph, manager, inputs)
                                                .head()
                                                .toFloatArray());
                    }
                }
            }
            Map<String, Long> bytes = storedBytes(graph);
            long stored = bytes.values().stream().mapToLong(Long::longValue).sum();
            assertThat((long) archive.toByteArray().length)
                    .isBetween(stored, stored + 4000 + 1000 * bytes.size());
        }
    }

    private static boolean isFakeQuantized(Graph graph) {
        return graph.nodes().stream().noneMatch(node -> node.op().equals(Node.ROUND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mxfp8", "mxfp4", "nvfp4"})
    void activationsInBlocksAreRefusedWithTheLayersName(String preset) {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted =
                    converted(
                            manager,
                            NETWORKS.get("Mlp").get(),
                            SAMPLES.get("Mlp"),
                            Presets.named(preset));

            assertThatThrownBy(
                            () ->
                                    TorchScriptExporter.export(
                                            converted.graphs().get(0), converted.graphs().get(1)))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("Linear")
                    .hasMessageContaining("bfloat16");
        }
    }

    private static ConvertedModel converted(
            NDManager manager, Block block, Shape sample, Recipe recipe) {
        Engine.getInstance().setRandomSeed(7);
        Shape shape = new Shape(1).addAll(sample);
        block.initialize(manager, DataType.FLOAT32, shape);
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, shape);
        Quantization.calibrate(prepared, manager, List.of(input(manager, sample, 8)));
        return Quantization.convert(prepared);
    }

    private static NDList input(NDManager manager, Shape sample, int batch) {
        return RandomArrays.gaussians(manager, new Shape(batch).addAll(sample).getShape());
    }

    private static float relative(NDArray actual, NDArray expected) {
        float range = expected.max().sub(expected.min()).getFloat();
        return actual.sub(expected).abs().max().getFloat() / range;
    }

    /**
     * The bytes that codes, scales and zero points take, and everything else in single precision.
     */
    private static Map<String, Long> storedBytes(Graph graph) {
        Map<String, Long> bytes = new HashMap<>();
        graph.nodes().forEach(node -> node.arguments().forEach(argument -> count(argument, bytes)));
        return bytes;
    }

    private static void count(Argument argument, Map<String, Long> bytes) {
        if (argument instanceof Argument.Quantized quantized) {
            QuantizationParameters parameters = quantized.tensor().parameters();
            int bits = parameters.scheme().format().bits();
            int container = bits <= 2 ? 2 : bits <= 4 ? 4 : 8;
            int zeros =
                    Arrays.stream(parameters.zeroPoints()).distinct().count() == 1
                            ? 1
                            : parameters.zeroPoints().length;
            bytes.put(
                    quantized.name(),
                    quantized.tensor().codes().length * container / 8
                            + 4L * parameters.scales().length
                            + zeros);
        } else if (argument instanceof Argument.ParameterReference reference) {
            bytes.put(reference.name(), 4 * reference.parameter().getShape().size());
        } else if (argument instanceof Argument.Constant constant) {
            int size = constant.format() instanceof TensorFormat.Unscaled ? 2 : 4;
            bytes.put(constant.name(), size * constant.shape().size());
        }
    }
}
