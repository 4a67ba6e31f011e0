package io.github.djlqat.onnx;

import static io.github.djlqat.exportcases.RandomArrays.gaussians;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models whose sequences have any length, traced at the lengths 4 and 6. */
class DynamicAxisTest {

    private static final int BATCH = 2;

    @TempDir Path folder;

    /** Makes the inputs of a model for a length. */
    @FunctionalInterface
    interface Sequences {
        NDList create(NDManager manager, int length);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                model("LSTM", DynamicAxisTest::features, () -> lstm(false)),
                model("LSTM of two directions", DynamicAxisTest::features, () -> lstm(true)),
                model(
                        "TransformerEncoderBlock",
                        DynamicAxisTest::features,
                        () -> new TransformerEncoderBlock(8, 2, 12, 0, x -> x)));
    }

    private static Arguments model(String name, Sequences sequences, Supplier<Block> block) {
        return Arguments.of(name, sequences, block);
    }

    private static NDList features(NDManager manager, int length) {
        return gaussians(manager, BATCH, length, 8);
    }

    private static Block lstm(boolean bidirectional) {
        return LSTM.builder()
                .setStateSize(5)
                .setNumLayers(2)
                .optBatchFirst(true)
                .optBidirectional(bidirectional)
                .optHasBiases(!bidirectional)
                .build();
    }

    private static OnnxExporter exporter() {
        return OnnxExporter.builder().optDynamicAxis("sequence", 0, 1).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void agreesWithDjlAtOtherLengths(String name, Sequences sequences, Supplier<Block> supplier)
            throws Exception {
        Engine.getInstance().setRandomSeed(3);
        Block block = supplier.get();
        Path file = folder.resolve("model.onnx");
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, sequences.create(manager, 4).getShapes());
            Graph four = GraphTracer.trace(block, manager, sequences.create(manager, 4));
            Graph six = GraphTracer.trace(block, manager, sequences.create(manager, 6));
            exporter().export(four, six, file);
            var shape =
                    ModelProto.parseFrom(Files.readAllBytes(file))
                            .getGraph()
                            .getInput(0)
                            .getType()
                            .getTensorType()
                            .getShape();
            assertThat(shape.getDim(0).getDimValue()).isEqualTo(BATCH);
            assertThat(shape.getDim(1).getDimParam()).isEqualTo("sequence");
            ParameterStore store = new ParameterStore(manager, false);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                for (int length : new int[] {3, 4, 9}) {
                    NDList expected =
                            block.forward(store, sequences.create(manager, length), false);
                    NDList actual = verifier.run(manager, sequences.create(manager, length));
                    assertThat(actual).hasSameSizeAs(expected);
                    for (int i = 0; i < expected.size(); i++) {
                        NDArray reference = expected.get(i);
                        assertThat(actual.get(i).getShape()).isEqualTo(reference.getShape());
                        float range = reference.max().sub(reference.min()).getFloat();
                        assertThat(actual.get(i).sub(reference).abs().max().getFloat())
                                .isLessThanOrEqualTo(1e-4f * range);
                    }
                }
            }
        }
    }

    @Test
    void refusesAnAxisThatIsNotThereAndEqualSizes() {
        Block block = lstm(false);
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, features(manager, 4).getShapes());
            Graph graph = GraphTracer.trace(block, manager, features(manager, 4));
            assertThatThrownBy(() -> exporter().toModelProto(graph, graph))
                    .isInstanceOf(OnnxExportException.class)
                    .hasMessageContaining("Both traces have the size of sequence 4");
            assertThatThrownBy(
                            () ->
                                    OnnxExporter.builder()
                                            .optDynamicAxis("sequence", 0, 3)
                                            .build()
                                            .toModelProto(graph))
                    .isInstanceOf(OnnxExportException.class)
                    .hasMessageContaining("axis 3 of input 0")
                    .hasMessageContaining("(2, 4, 8)");
            assertThatThrownBy(() -> OnnxExporter.builder().optDynamicAxis("", 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
