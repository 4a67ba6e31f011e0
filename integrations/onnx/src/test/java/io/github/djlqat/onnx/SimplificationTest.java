package io.github.djlqat.onnx;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.graph.pass.BatchNormFolding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of programs that were simplified against those of the programs as they were traced. */
class SimplificationTest {

    @TempDir Path folder;
    private NDManager manager;

    @BeforeEach
    void open() {
        Engine.getInstance().setRandomSeed(9);
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    static Stream<Arguments> blocks() {
        return Stream.of(
                block("user block", m -> gaussians(m, 2, 3, 16, 16), UserBlock::new),
                block(
                        "TransformerEncoderBlock",
                        m -> gaussians(m, 2, 5, 8),
                        () -> new TransformerEncoderBlock(8, 2, 12, 0, x -> x)),
                block(
                        "SqueezeNet",
                        m -> gaussians(m, 2, 3, 64, 64),
                        () -> SqueezeNet.squeezenet(10)),
                block(
                        "constants of several sizes",
                        m -> gaussians(m, 2, 40),
                        () -> function(SimplificationTest::constants)));
    }

    /** Makes inputs of the batch size 2. */
    private interface Inputs {
        NDList create(NDManager manager);
    }

    private static Arguments block(String name, Inputs inputs, Supplier<Block> block) {
        return Arguments.of(name, inputs, block);
    }

    private static Block function(UnaryOperator<NDArray> function) {
        return new SequentialBlock().add(LambdaBlock.singleton(function::apply));
    }

    /** Some constants shrink by being computed, some would grow, and one is read twice. */
    private static NDArray constants(NDArray x) {
        NDManager manager = x.getManager();
        NDArray once = manager.arange(40f).sin().reshape(1, 40);
        NDArray grown = manager.arange(40f).reshape(40, 1).broadcast(40, 40).mul(0.01f);
        NDArray twice = manager.arange(0f, 20f, 0.5f);
        NDArray rows = manager.ones(x.getShape()).mul(2);
        return x.add(once)
                .matMul(grown)
                .add(twice.cos())
                .mul(twice.exp().log())
                .add(x.exp().add(x.exp()))
                .add(rows);
    }

    private Graph trace(Block block, Inputs inputs, int batch) {
        NDList two = inputs.create(manager);
        NDList given = new NDList();
        for (NDArray input : two) {
            given.add(batch == 2 ? input : input.concat(input.get("0:1"), 0));
        }
        return GraphTracer.trace(block, manager, given);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void simplifiedFilesComputeTheSameAndAreNotLarger(
            String name, Inputs inputs, Supplier<Block> supplier) throws Exception {
        Block block = supplier.get();
        NDList two = inputs.create(manager);
        block.initialize(manager, DataType.FLOAT32, two.getShapes());
        List<Graph> traces = List.of(trace(block, inputs, 2), trace(block, inputs, 3));
        OnnxExporter.Builder builder = OnnxExporter.builder().optOpset(21);
        ModelProto plain = builder.optSimplified(false).build().toModelProto(traces);
        ModelProto simple = builder.optSimplified(true).build().toModelProto(traces);
        assertThat(simple.getSerializedSize()).isLessThanOrEqualTo(plain.getSerializedSize());
        assertThat(simple.getGraph().getNodeCount())
                .isLessThanOrEqualTo(plain.getGraph().getNodeCount());
        builder.optSimplified(false).build().export(traces, folder.resolve("plain.onnx"));
        builder.optSimplified(true).build().export(traces, folder.resolve("simple.onnx"));
        try (OnnxVerifier before = OnnxVerifier.load(folder.resolve("plain.onnx"));
                OnnxVerifier after = OnnxVerifier.load(folder.resolve("simple.onnx"))) {
            NDList expected = before.run(manager, two);
            NDList actual = after.run(manager, two);
            for (int i = 0; i < expected.size(); i++) {
                NDArray reference = expected.get(i);
                float range = reference.abs().max().getFloat();
                assertThat(actual.get(i).sub(reference).abs().max().getFloat())
                        .isLessThanOrEqualTo(1e-6f * range);
            }
        }
    }

    private List<String> ops(UnaryOperator<NDArray> function, Inputs inputs) {
        Block block = function(function);
        block.initialize(manager, DataType.FLOAT32, inputs.create(manager).getShapes());
        return OnnxExporter.builder()
                .build()
                .toModelProto(trace(block, inputs, 2), trace(block, inputs, 3))
                .getGraph()
                .getNodeList()
                .stream()
                .map(NodeProto::getOpType)
                .filter(op -> !op.equals("Identity"))
                .toList();
    }

    @Test
    void equalExpressionsAndConstantsAreComputedOnce() {
        Inputs inputs = m -> gaussians(m, 2, 3);
        assertThat(
                        ops(
                                x ->
                                        x.exp()
                                                .add(x.exp())
                                                .mul(x.getManager().arange(3f).sin().reshape(1, 3)),
                                inputs))
                .containsExactly("Exp", "Add", "Mul");
    }

    /** What equals by chance at one batch size only is told apart by the other. */
    @Test
    void expressionsThatAreEqualAtOneSizeOnlyStayApart() throws IOException {
        Inputs inputs = m -> gaussians(m, 2, 3);
        Block block =
                function(
                        x ->
                                x.add(2)
                                        .mul(x.add(x.getShape().get(0)))
                                        .add(x.getManager().full(x.getShape(), 2f)));
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        BlockAgreement.check(
                block,
                (m, batch) -> gaussians(m, batch, 3),
                folder.resolve("chance.onnx"),
                1,
                2,
                5);
        assertThat(ops(x -> x.add(2).mul(x.add(x.getShape().get(0))), inputs))
                .filteredOn("Add"::equals)
                .hasSize(2);
    }

    private static long count(ModelProto model, String op) {
        return model.getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(op))
                .count();
    }

    @Test
    void batchNormsAreFoldedWhereAsked() throws IOException {
        Block block = MobileNetV2.builder().setOutSize(10).build();
        Inputs inputs = m -> gaussians(m, 2, 3, 32, 32);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 32, 32));
        List<Graph> traces = List.of(trace(block, inputs, 2), trace(block, inputs, 3));
        Path file = folder.resolve("folded.onnx");
        OnnxExporter.builder().addPass(new BatchNormFolding()).build().export(traces, file);
        ModelProto plain = OnnxExporter.builder().build().toModelProto(traces);
        assertThat(count(plain, "BatchNormalization")).isEqualTo(53);
        assertThat(count(plain, "Conv")).isEqualTo(54);
        ModelProto folded =
                OnnxExporter.builder().addPass(new BatchNormFolding()).build().toModelProto(traces);
        assertThat(count(folded, "BatchNormalization")).isZero();
        assertThat(count(folded, "Conv")).isEqualTo(54);
        assertThat(folded.getSerializedSize()).isLessThan(plain.getSerializedSize());
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            var store = new ai.djl.training.ParameterStore(manager, false);
            Agreement agreement =
                    verifier.compare(
                            List.of(gaussians(manager, 4, 3, 32, 32)),
                            batch -> block.forward(store, batch, false));
            assertThat(agreement.maxRelative()).isLessThan(1e-4f);
        }
    }
}
