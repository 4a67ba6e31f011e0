package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.github.djlqat.exportcases.ArrayOperations;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation, traced at batch size 2 and run in ONNX Runtime at 2 and 3, against DJL itself.
 */
class OpConvertersTest {

    @TempDir Path folder;

    static Stream<Arguments> operations() {
        return ArrayOperations.all()
                .map(operation -> Arguments.of(operation.name(), operation.function()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void agreesWithDjl(String name, UnaryOperator<NDArray> operation) throws Exception {
        check(operation, true);
    }

    static Stream<Arguments> bound() {
        return Stream.of(
                bound("pow", x -> x.pow(1f / x.size(0)), "pow"),
                bound("mul", x -> x.mul(0.5f * x.size(0)), "mul"),
                bound("get", x -> x.get(":, 0:{}", x.size(0) == 2 ? 1 : 3), "get"),
                bound("create", OpConvertersTest::literally, "create"),
                bound("softmax", x -> x.softmax(x.size(0) == 2 ? 1 : 2), "softmax"),
                bound("clip", x -> x.clip(0, x.size(0) * x.size(0)), "clip"),
                bound("branch", x -> x.size(0) > 2 ? x.abs() : x.neg(), "neg"),
                bound("longer", x -> x.size(0) > 2 ? x.abs().neg() : x.abs(), "neg"),
                bound("wiring", OpConvertersTest::otherSource, "add"));
    }

    private static Arguments bound(String name, UnaryOperator<NDArray> operation, String op) {
        return Arguments.of(name, operation, op);
    }

    private static NDArray literally(NDArray x) {
        return x.mul(x.getManager().create(new float[] {x.size(0)}));
    }

    private static NDArray otherSource(NDArray x) {
        NDArray first = x.abs();
        NDArray second = x.neg();
        return x.size(0) > 2 ? first.add(second) : second.add(first);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bound")
    void refusesWhatHoldsForOneBatchSizeAtItsLine(
            String name, UnaryOperator<NDArray> operation, String op) {
        assertThatThrownBy(() -> check(operation, true))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining(op + " at ")
                .hasMessageContaining("OpConvertersTest.java:")
                .hasMessageContaining("2")
                .hasMessageContaining("5")
                .hasMessageContaining("optDynamicBatch(false)");
    }

    private void check(UnaryOperator<NDArray> operation, boolean twoTraces) throws Exception {
        Block block = new LambdaBlock(list -> new NDList(operation.apply(list.head())));
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 4, 7, 5));
            Graph graph = trace(block, manager, 2);
            Graph other = twoTraces ? trace(block, manager, 5) : null;
            // Without a wish for an opset, the lowest is written.
            checkFile(operation, manager, OnnxExporter.builder().build(), graph, other);
            checkFile(
                    operation, manager, OnnxExporter.builder().optOpset(21).build(), graph, other);
        }
    }

    private void checkFile(
            UnaryOperator<NDArray> operation,
            NDManager manager,
            OnnxExporter exporter,
            Graph graph,
            @Nullable Graph other)
            throws IOException {
        Path file = folder.resolve("op.onnx");
        if (other == null) {
            exporter.export(graph, file);
        } else {
            exporter.export(graph, other, file);
        }
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            for (int batch : List.of(2, 3)) {
                NDArray input = input(manager, batch);
                NDArray expected = operation.apply(input);
                NDArray actual = verifier.run(manager, new NDList(input)).head();
                assertThat(actual.getShape()).isEqualTo(expected.getShape());
                assertThat(actual.toFloatArray())
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(expected.toFloatArray());
            }
        }
    }

    private static Graph trace(Block block, NDManager manager, int batch) {
        return GraphTracer.trace(block, manager, new NDList(input(manager, batch)));
    }

    private static NDArray input(NDManager manager, int batch) {
        Random random = new Random(batch);
        float[] data = new float[batch * 4 * 7 * 5];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return manager.create(data, new Shape(batch, 4, 7, 5));
    }
}
