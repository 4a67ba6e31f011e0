package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import io.github.djlqat.exportcases.RandomArrays;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.graph.pass.BatchNormFolding;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models in which other sizes than that of the batch vary, each told by a trace of its own. */
class DynamicAxisTest {

    static Stream<Arguments> models() {
        return Stream.of(
                model(
                        "encoder",
                        () -> new TransformerEncoderBlock(8, 2, 12, 0.1f, Activation::gelu)),
                model("LSTM", () -> LSTM.builder().setStateSize(3).setNumLayers(2).build()),
                model("product of sizes", () -> LambdaBlock.singleton(DynamicAxisTest::flat, "")),
                model("with one more", () -> LambdaBlock.singleton(DynamicAxisTest::padded, "")),
                model("slice to a number", () -> LambdaBlock.singleton(x -> x.get(":, 0:7"), "")),
                model("slice to the end", () -> LambdaBlock.singleton(x -> x.get(":, 1:"), "")),
                model("before the last", () -> LambdaBlock.singleton(DynamicAxisTest::cut, "")));
    }

    private static Arguments model(String name, Supplier<Block> block) {
        return Arguments.of(name, block);
    }

    private static NDArray flat(NDArray x) {
        NDArray rows = x.reshape(x.size(0) * x.size(1), 8).mul(x.size(1));
        return rows.reshape(x.size(1), x.size(0), 8).transpose(1, 0, 2).add(x);
    }

    private static NDArray padded(NDArray x) {
        NDArray token = x.getManager().ones(new Shape(x.size(0), 1, 8));
        NDArray longer = token.concat(x, 1);
        return longer.reshape(x.size(0), (x.size(1) + 1) * 8).add(x.size(1) * x.size(0) + 5);
    }

    private static NDArray cut(NDArray x) {
        return x.get(":, 0:{}", x.size(1) - 1).repeat(1, x.size(0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void agreesAtOtherSizes(String name, Supplier<Block> supplier) throws Exception {
        Block block = supplier.get();
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 4, 8));
            TorchScriptArchive archive =
                    TorchScriptExporter.builder()
                            .optDynamicAxis("batch", 0, 0)
                            .optDynamicAxis("sequence", 0, 1)
                            .build()
                            .toArchive(
                                    List.of(
                                            trace(block, manager, 2, 4),
                                            trace(block, manager, 3, 4),
                                            trace(block, manager, 2, 6)));
            ParameterStore store = new ParameterStore(manager, false);
            try (Model model = ScriptAgreement.load(archive)) {
                for (int[] sizes : new int[][] {{2, 4}, {1, 3}, {4, 9}, {5, 2}}) {
                    NDList inputs = RandomArrays.gaussians(manager, sizes[0], sizes[1], 8);
                    ScriptAgreement.assertAgrees(
                            model.getBlock().forward(store, inputs, false).head(),
                            block.forward(store, inputs, false).head());
                }
            }
        }
    }

    @Test
    void tracesThatDoNotTellTheSizesAreRefused() {
        Block block = LambdaBlock.singleton(x -> x.mul(x.size(1) * x.size(1)), "");
        TorchScriptExporter exporter =
                TorchScriptExporter.builder().optDynamicAxis("sequence", 0, 1).build();
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 4, 8));
            Graph four = trace(block, manager, 2, 4);

            assertThatThrownBy(() -> exporter.toArchive(List.of(four)))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("1 traces")
                    .hasMessageContaining("2 times");
            assertThatThrownBy(() -> exporter.toArchive(four, trace(block, manager, 3, 4)))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("size of sequence is 4 in both traces");
            assertThatThrownBy(() -> exporter.toArchive(four, trace(block, manager, 2, 6)))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("16 at the size of sequence 4 and 36 at 6");
            assertThatThrownBy(
                            () ->
                                    TorchScriptExporter.builder()
                                            .optDynamicAxis("height", 1, 0)
                                            .build()
                                            .toArchive(four, four))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("axis 0 of input 1")
                    .hasMessageContaining("1 inputs");
            assertThatThrownBy(
                            () ->
                                    TorchScriptExporter.builder()
                                            .optDynamicAxis("a", 0, 1)
                                            .optDynamicAxis("b", 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("named b");
        }
    }

    @Test
    void passesRewriteEveryTraceAlike() throws Exception {
        Block block =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setFilters(3)
                                        .setKernelShape(new Shape(3, 3))
                                        .optPadding(new Shape(1, 1))
                                        .build())
                        .add(BatchNorm.builder().build());
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 5, 5));
            RandomArrays.fillParameters(block);
            TorchScriptArchive archive =
                    TorchScriptExporter.builder()
                            .optDynamicAxis("height", 0, 2)
                            .optDynamicAxis("width", 0, 3)
                            .addPass(new BatchNormFolding())
                            .build()
                            .toArchive(
                                    List.of(
                                            image(block, manager, 5, 5),
                                            image(block, manager, 7, 5),
                                            image(block, manager, 5, 8)));

            assertThat(archive.text("code/__torch__.py"))
                    .contains("conv2d")
                    .doesNotContain("batch_norm");
            ParameterStore store = new ParameterStore(manager, false);
            try (Model model = ScriptAgreement.load(archive)) {
                NDList inputs = RandomArrays.gaussians(manager, 2, 3, 4, 9);
                ScriptAgreement.assertAgrees(
                        model.getBlock().forward(store, inputs, false).head(),
                        block.forward(store, inputs, false).head());
            }
        }
    }

    private static Graph trace(Block block, NDManager manager, int batch, int length) {
        return GraphTracer.trace(block, manager, RandomArrays.gaussians(manager, batch, length, 8));
    }

    private static Graph image(Block block, NDManager manager, int height, int width) {
        return GraphTracer.trace(
                block, manager, RandomArrays.gaussians(manager, 2, 3, height, width));
    }
}
