package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of models whose tensors are in a file of their own. */
class ExternalDataTest {

    private static final Shape INPUT = new Shape(3, 40);

    @TempDir Path folder;

    private static Graph graph(long seed) {
        QuantizedGraphs graphs = new QuantizedGraphs(seed, INPUT.getShape());
        Value hidden =
                graphs.linear(
                        graphs.input(), "first", graphs.weight(IntegerFormat.INT8, 0, 30, 40));
        return graphs.graph(
                graphs.linear(hidden, "second", graphs.weight(IntegerFormat.INT4, 0, 20, 30)));
    }

    private float[] run(Path file) throws IOException {
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            return verifier.run(new QuantizedGraphs(1, 1).gaussians(120), INPUT);
        }
    }

    private List<Path> data() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".data")).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 1000})
    void theModelIsTheSame(long threshold) throws Exception {
        Path whole = folder.resolve("whole.onnx");
        Path split = folder.resolve("split.onnx");
        OnnxExporter.builder().build().export(graph(1), whole);
        OnnxExporter.builder().optExternalData(threshold).build().export(graph(1), split);
        assertThat(run(split)).containsExactly(run(whole));
        assertThat(data()).hasSize(1);
        for (TensorProto tensor :
                ModelProto.parseFrom(Files.readAllBytes(split)).getGraph().getInitializerList()) {
            long size =
                    tensor.getExternalDataCount() == 0
                            ? tensor.getRawData().size()
                            : Long.parseLong(tensor.getExternalData(2).getValue());
            assertThat(tensor.getExternalDataCount() > 0).isEqualTo(size >= threshold);
        }
    }

    @Test
    void aModelThatOneFileCannotHoldIsSplitUnasked() throws Exception {
        ModelProto model = OnnxExporter.builder().build().toModelProto(graph(2));
        Path file = folder.resolve("large.onnx");
        new ModelWriter(null, 2500).write(model, file);
        assertThat(data()).isEmpty();
        new ModelWriter(null, 1000).write(model, file);
        assertThat(data()).hasSize(1);
        assertThat(run(file)).hasSize(60);
    }

    @Test
    void anExportReplacesTheDataOfTheOneBefore() throws Exception {
        Path file = folder.resolve("model.onnx");
        Path other = folder.resolve("model.onnx-of-somebody.data");
        Files.writeString(other, "kept");
        OnnxExporter exporter = OnnxExporter.builder().optExternalData(100).build();
        exporter.export(graph(3), file);
        List<Path> first = data();
        exporter.export(graph(3), file);
        assertThat(data()).containsExactlyInAnyOrderElementsOf(first);
        exporter.export(graph(4), file);
        assertThat(data()).hasSize(2).isNotEqualTo(first).contains(other);
        float[] expected = run(file);
        OnnxExporter.builder().build().export(graph(4), file);
        assertThat(data()).containsExactly(other);
        assertThat(run(file)).isEqualTo(expected);
    }

    @Test
    void whatCannotBeWrittenLeavesTheModelAndItsDataAlone() throws Exception {
        Path file = folder.resolve("model.onnx");
        OnnxExporter.builder().optExternalData(100).build().export(graph(5), file);
        float[] expected = run(file);
        ModelProto broken = OnnxExporter.builder().build().toModelProto(graph(6));
        broken =
                broken.toBuilder()
                        .setGraph(
                                broken.getGraph().toBuilder()
                                        .setNode(
                                                0,
                                                broken.getGraph().getNode(0).toBuilder()
                                                        .setOpType("NoSuchOperator")))
                        .build();
        ModelProto refused = broken;
        assertThatThrownBy(() -> new ModelWriter(100L).write(refused, file))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("NoSuchOperator");
        assertThat(data()).hasSize(1);
        assertThat(run(file)).isEqualTo(expected);
        assertThatThrownBy(
                        () ->
                                OnnxExporter.builder()
                                        .optExternalData(0)
                                        .build()
                                        .export(graph(6), folder.resolve("none/model.onnx")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aNegativeThresholdIsRefused() {
        assertThatThrownBy(() -> OnnxExporter.builder().optExternalData(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
