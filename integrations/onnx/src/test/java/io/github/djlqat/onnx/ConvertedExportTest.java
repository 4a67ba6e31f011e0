package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.recipe.Presets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Prepared, calibrated, trained and converted networks against their ONNX files. */
class ConvertedExportTest {

    @TempDir Path folder;

    private static final boolean X86 =
            List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(
                        "user block int8",
                        "int8",
                        new Shape(3, 16, 16),
                        "QLinearConv",
                        4,
                        1,
                        (Supplier<Block>) UserBlock::new),
                Arguments.of(
                        "user block w4a4",
                        "w4a4",
                        new Shape(3, 16, 16),
                        "QLinearConv",
                        4,
                        1,
                        (Supplier<Block>) UserBlock::new),
                Arguments.of(
                        "user block w2a2",
                        "w2a2",
                        new Shape(3, 16, 16),
                        "QLinearConv",
                        4,
                        1,
                        (Supplier<Block>) UserBlock::new),
                Arguments.of(
                        "Mlp",
                        "int8",
                        new Shape(1, 12, 12),
                        "QGemm",
                        3,
                        0.5,
                        (Supplier<Block>) () -> new Mlp(144, 10, new int[] {32, 16})),
                Arguments.of(
                        "sums beyond single precision",
                        "int8",
                        new Shape(2000),
                        "QGemm",
                        2,
                        0.3,
                        (Supplier<Block>) () -> new Mlp(2000, 10, new int[] {16})),
                Arguments.of(
                        "sums beyond digits in single precision",
                        "int8",
                        new Shape(20000),
                        "QGemm",
                        2,
                        0.3,
                        (Supplier<Block>) () -> new Mlp(20000, 10, new int[] {4})),
                Arguments.of(
                        "LeNet",
                        "int8",
                        new Shape(1, 28, 28),
                        "QGemm",
                        3,
                        0.3,
                        (Supplier<Block>) () -> LeNet.builder().build()),
                Arguments.of(
                        "ResNetV1",
                        "int8",
                        new Shape(3, 32, 32),
                        "QLinearConv",
                        29,
                        0.3,
                        (Supplier<Block>)
                                () ->
                                        ResNetV1.builder()
                                                .setImageShape(new Shape(3, 32, 32))
                                                .setNumLayers(18)
                                                .setOutSize(10)
                                                .build()),
                Arguments.of(
                        "MobileNetV2",
                        "int8",
                        new Shape(3, 64, 64),
                        "QLinearConv",
                        53,
                        0.3,
                        (Supplier<Block>) () -> MobileNetV2.builder().setOutSize(10).build()),
                Arguments.of(
                        "SqueezeNet",
                        "int8",
                        new Shape(3, 64, 64),
                        "QLinearConv",
                        26,
                        0.3,
                        (Supplier<Block>) () -> SqueezeNet.squeezenet(10)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void agreesWithTheConvertedBlock(
            String name,
            String preset,
            Shape sample,
            String kernel,
            int kernels,
            double largest,
            Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(7);
        Block block =
                network.get() instanceof Mlp
                        ? new SequentialBlock().add(network.get())
                        : network.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(1).addAll(sample);
            block.initialize(manager, DataType.FLOAT32, shape);
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named(preset), shape);
            Quantization.calibrate(prepared, manager, List.of(images(manager, sample, 8)));
            trainingStep(prepared, manager, images(manager, sample, 4));
            ConvertedModel converted = Quantization.convert(prepared);
            Path file = folder.resolve("model.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(converted.graphs().get(0), converted.graphs().get(1), file);
            Path floating = folder.resolve("float.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(
                            GraphTracer.trace(block, manager, images(manager, sample, 2)),
                            GraphTracer.trace(block, manager, images(manager, sample, 3)),
                            floating);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                ParameterStore store = new ParameterStore(manager, false);
                Agreement agreement =
                        verifier.compare(
                                List.of(images(manager, sample, 3), images(manager, sample, 13)),
                                batch -> converted.block().forward(store, batch, false));
                assertThat(agreement.sameClass()).isEqualTo(agreement.samples()).isEqualTo(16);
                if (X86) {
                    // Sums of codes have no rounding of their own; what is left is that of the last
                    // layer where it is a float convolution.
                    assertThat(agreement.maxRelative()).isLessThan(1e-5f);
                } else {
                    // Other processors add and average in fixed point, and round a few ties apart.
                    assertThat(agreement.sqnr()).isGreaterThan(22);
                }
                assertThat(verifier.opTypes()).containsEntry(kernel, kernels);
                if (kernel.equals("QLinearConv")) {
                    assertThat(verifier.opTypes()).doesNotContainKeys("Conv", "FusedConv", "Gemm");
                }
                assertThat(Files.size(file)).isLessThan((long) (Files.size(floating) * largest));
            }
        }
    }

    /** One small step of gradient descent on the mean square of the outputs. */
    private static void trainingStep(Block block, NDManager manager, NDList input) {
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().requiresGradient()) {
                pair.getValue().getArray().setRequiresGradient(true);
            }
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDList outputs = block.forward(new ParameterStore(manager, false), input, true);
            collector.backward(outputs.singletonOrThrow().square().mean());
        }
        int moved = 0;
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().requiresGradient()) {
                NDArray array = pair.getValue().getArray();
                NDArray gradient = array.getGradient();
                moved += gradient.abs().max().getFloat() > 0 ? 1 : 0;
                array.subi(gradient.mul(1e-4f));
            }
        }
        assertThat(moved).isPositive();
    }

    private static NDList images(NDManager manager, Shape sample, int batch) {
        Random random = new Random(batch);
        Shape shape = new Shape(batch).addAll(sample);
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new NDList(manager.create(data, shape));
    }
}
