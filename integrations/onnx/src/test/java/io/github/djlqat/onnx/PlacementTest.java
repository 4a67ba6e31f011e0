package io.github.djlqat.onnx;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.GoogLeNet;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What ONNX Runtime makes of quantized networks: which operations it still runs on floats. */
class PlacementTest {

    /** Operations on codes, and those that rearrange elements of any type. */
    private static final Set<String> OF_CODES =
            Set.of(
                    "QuantizeLinear",
                    "DequantizeLinear",
                    "QLinearConv",
                    "QGemm",
                    "QLinearAdd",
                    "QLinearMul",
                    "QLinearConcat",
                    "QLinearAveragePool",
                    "QLinearGlobalAveragePool",
                    "QLinearSigmoid",
                    "QLinearLeakyRelu",
                    "QLinearSoftmax",
                    "MaxPool",
                    "NhwcMaxPool",
                    "Clip",
                    "Flatten",
                    "Reshape",
                    "Transpose",
                    "Unsqueeze",
                    "Squeeze",
                    "ReorderInput",
                    "ReorderOutput");

    @TempDir Path folder;

    static Stream<Arguments> networks() {
        return Stream.of(
                network(
                        "Mlp",
                        new Shape(144),
                        Set.of(),
                        () -> new Mlp(144, 10, new int[] {32, 16})),
                network(
                        "GoogLeNet",
                        new Shape(3, 32, 32),
                        Set.of(),
                        () -> GoogLeNet.builder().build()),
                // Its BatchNorms stand behind joined arrays, each part of which other layers read,
                // too.
                network(
                        "DenseNet",
                        new Shape(3, 16, 16),
                        Set.of("BatchNormalization"),
                        PlacementTest::denseNet),
                // Of one number for each channel.
                network("SENet", new Shape(3, 16, 16), Set.of("Sigmoid"), PlacementTest::seNet));
    }

    private static Arguments network(
            String name, Shape sample, Set<String> floats, Supplier<Block> network) {
        return Arguments.of(name, sample, floats, network);
    }

    private static Block convolution(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optStride(new Shape(stride, stride))
                .optBias(false)
                .setFilters(filters)
                .build();
    }

    private static Block norm() {
        return BatchNorm.builder().build();
    }

    /** Two dense blocks with a transition, as in arXiv:1608.06993. */
    private static Block denseNet() {
        SequentialBlock net = new SequentialBlock().add(convolution(8, 3, 1));
        for (int block = 0; block < 2; block++) {
            for (int layer = 0; layer < 3; layer++) {
                SequentialBlock grown =
                        new SequentialBlock()
                                .add(norm())
                                .add(Activation.reluBlock())
                                .add(convolution(16, 1, 1))
                                .add(norm())
                                .add(Activation.reluBlock())
                                .add(convolution(4, 3, 1));
                net.add(
                        new ParallelBlock(
                                lists ->
                                        new NDList(
                                                NDArrays.concat(
                                                        new NDList(
                                                                lists.get(0).head(),
                                                                lists.get(1).head()),
                                                        1)),
                                List.of(Blocks.identityBlock(), grown)));
            }
            net.add(norm()).add(Activation.reluBlock());
            if (block == 0) {
                net.add(convolution(10, 1, 1))
                        .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            }
        }
        return net.add(Pool.globalAvgPool2dBlock()).add(Linear.builder().setUnits(10).build());
    }

    /** Residual blocks whose channels are weighted, as in arXiv:1709.01507. */
    private static Block seNet() {
        SequentialBlock net =
                new SequentialBlock()
                        .add(convolution(8, 3, 1))
                        .add(norm())
                        .add(Activation.reluBlock());
        for (int i = 0; i < 2; i++) {
            SequentialBlock weights =
                    new SequentialBlock()
                            .add(Pool.globalAvgPool2dBlock())
                            .add(Linear.builder().setUnits(4).build())
                            .add(Activation.reluBlock())
                            .add(Linear.builder().setUnits(8).build())
                            .add(Activation.sigmoidBlock())
                            .add(LambdaBlock.singleton(x -> x.reshape(-1, 8, 1, 1)));
            SequentialBlock residual =
                    new SequentialBlock()
                            .add(convolution(8, 3, 1))
                            .add(norm())
                            .add(Activation.reluBlock())
                            .add(convolution(8, 3, 1))
                            .add(norm())
                            .add(
                                    new ParallelBlock(
                                            lists ->
                                                    new NDList(
                                                            lists.get(0)
                                                                    .head()
                                                                    .mul(lists.get(1).head())),
                                            List.of(Blocks.identityBlock(), weights)));
            net.add(
                            new ParallelBlock(
                                    lists ->
                                            new NDList(
                                                    lists.get(0).head().add(lists.get(1).head())),
                                    List.of(Blocks.identityBlock(), residual)))
                    .add(Activation.reluBlock());
        }
        return net.add(Pool.globalAvgPool2dBlock()).add(Linear.builder().setUnits(10).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void theRuntimeComputesOnCodes(
            String name, Shape sample, Set<String> floats, Supplier<Block> network)
            throws Exception {
        Engine.getInstance().setRandomSeed(11);
        Block block = new SequentialBlock().add(network.get());
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(1).addAll(sample);
            block.initialize(manager, DataType.FLOAT32, shape);
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named("int8"), shape);
            NDList images = gaussians(manager, new Shape(8).addAll(sample).getShape());
            Quantization.calibrate(prepared, manager, List.of(images));
            ConvertedModel converted = Quantization.convert(prepared);
            Path file = folder.resolve("model.onnx");
            OnnxExporter.builder().build().export(converted.graphs(), file);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                ParameterStore store = new ParameterStore(manager, false);
                Agreement agreement =
                        verifier.compare(
                                List.of(images),
                                batch -> converted.block().forward(store, batch, false));
                assertThat(agreement.sqnr()).isGreaterThan(25);
                Set<String> others = new TreeSet<>(verifier.opTypes().keySet());
                others.removeAll(OF_CODES);
                assertThat(others).isEqualTo(floats);
            }
        }
    }
}
