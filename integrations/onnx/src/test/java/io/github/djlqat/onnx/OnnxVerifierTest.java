package io.github.djlqat.onnx;

import static io.github.djlqat.onnx.QuantizedGraphs.literal;
import static io.github.djlqat.onnx.QuantizedGraphs.ref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxVerifierTest {

    @TempDir Path folder;

    private Path doubling;

    @BeforeEach
    void writeAModelThatDoubles() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(1, 1, 3);
        doubling = folder.resolve("doubling.onnx");
        OnnxExporter.builder()
                .build()
                .export(
                        graphs.graph(
                                graphs.add(
                                        "mul",
                                        "mul",
                                        new Shape(1, 3),
                                        ref(graphs.input()),
                                        literal(2))),
                        doubling);
    }

    @Test
    void agreementCountsClassesAndDifferences() throws Exception {
        try (NDManager manager = NDManager.newBaseManager();
                OnnxVerifier verifier = OnnxVerifier.load(doubling)) {
            NDList first =
                    new NDList(manager.create(new float[] {1, 2, 3, 3, 2, 1}, new Shape(2, 3)));
            NDList second = new NDList(manager.create(new float[] {0, 5, 1}, new Shape(1, 3)));
            // The reference puts 9 instead of 6 and 4 into the second sample: another class wins,
            // by 5 at most.
            Agreement agreement =
                    verifier.compare(
                            List.of(first, second),
                            batch ->
                                    batch == first
                                            ? new NDList(
                                                    manager.create(
                                                            new float[] {2, 4, 6, 6, 9, 2},
                                                            new Shape(2, 3)))
                                            : new NDList(batch.head().mul(2)));
            assertThat(agreement.samples()).isEqualTo(3);
            assertThat(agreement.sameClass()).isEqualTo(2);
            assertThat(agreement.agreement()).isEqualTo(2 / 3.0);
            assertThat(agreement.maxAbsDifference()).isEqualTo(5);
            assertThat(agreement.maxRelative()).isEqualTo(0.5f);
            double signal = 4 + 16 + 36 + 36 + 81 + 4 + 100 + 4;
            assertThat(agreement.sqnr()).isCloseTo(10 * Math.log10(signal / 25), within(1e-9));
        }
    }

    @Test
    void nanIsNoAgreement() throws Exception {
        try (NDManager manager = NDManager.newBaseManager();
                OnnxVerifier verifier = OnnxVerifier.load(doubling)) {
            NDList batch =
                    new NDList(manager.create(new float[] {1, Float.NaN, 3}, new Shape(1, 3)));
            Agreement agreement =
                    verifier.compare(
                            List.of(batch), b -> new NDList(manager.ones(new Shape(1, 3))));
            assertThat(agreement.maxAbsDifference()).isNaN();
        }
    }

    @Test
    void wrongInputsAreNamed() throws Exception {
        try (NDManager manager = NDManager.newBaseManager();
                OnnxVerifier verifier = OnnxVerifier.load(doubling)) {
            assertThatThrownBy(() -> verifier.run(new float[8], new Shape(2, 4)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("doubling.onnx");
            assertThatThrownBy(() -> verifier.run(manager, new NDList()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[input]");
            assertThatThrownBy(() -> verifier.compare(List.of(), b -> b))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at least one batch");
            NDList batch = new NDList(manager.ones(new Shape(1, 3)));
            assertThatThrownBy(
                            () ->
                                    verifier.compare(
                                            List.of(batch),
                                            b -> new NDList(manager.ones(new Shape(1, 4)))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(1, 4)");
        }
    }

    @Test
    void brokenFilesAreNamed() throws Exception {
        Path broken = folder.resolve("broken.onnx");
        Files.write(broken, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> OnnxVerifier.load(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.onnx");
        assertThatThrownBy(() -> OnnxVerifier.load(folder.resolve("none.onnx")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.onnx");
    }

    @Test
    void latencyIsReportedForEachFile() throws Exception {
        List<Latency> latencies =
                OnnxVerifier.latency(List.of(doubling, doubling), new float[6], new Shape(2, 3), 3);
        assertThat(latencies)
                .hasSize(2)
                .allSatisfy(
                        latency -> {
                            assertThat(latency.batch()).isEqualTo(2);
                            assertThat(latency.path()).isEqualTo(doubling);
                            assertThat(latency.medianMillis()).isPositive();
                        });
        assertThatThrownBy(
                        () ->
                                OnnxVerifier.latency(
                                        List.of(doubling), new float[6], new Shape(2, 3), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }
}
