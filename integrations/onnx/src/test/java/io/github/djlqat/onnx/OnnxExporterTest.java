package io.github.djlqat.onnx;

import static io.github.djlqat.onnx.QuantizedGraphs.literal;
import static io.github.djlqat.onnx.QuantizedGraphs.ref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxExporterTest {

    private final OnnxExporter exporter = OnnxExporter.builder().build();

    @TempDir Path folder;

    private static Graph network(long batch) {
        QuantizedGraphs graphs = new QuantizedGraphs(1, batch, 6);
        Value hidden =
                graphs.linear(graphs.input(), "hidden", graphs.weight(IntegerFormat.INT8, 0, 4, 6));
        Value relu = graphs.add("relu", "relu", hidden.shape(), ref(hidden));
        Value wide =
                graphs.add(
                        "reshape",
                        "reshape",
                        new Shape(batch * 2, 2),
                        ref(relu),
                        literal(new Shape(batch * 2, 2)));
        return graphs.graph(
                graphs.add(
                        "reshape",
                        "reshape#2",
                        new Shape(batch, 4),
                        ref(wide),
                        literal(new Shape(batch, 4))));
    }

    @Test
    void theFileNamesItsProducerOpsetBatchAndParts() throws Exception {
        Path file = folder.resolve("net.onnx");
        OnnxExporter.builder()
                .optModelName("net")
                .optInputNames("image")
                .optOutputNames("scores")
                .build()
                .export(network(2), network(3), file);
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getProducerName()).isEqualTo("djl-qat");
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getDocString()).contains("opset 17");
        GraphProto graph = model.getGraph();
        assertThat(graph.getName()).isEqualTo("net");
        assertThat(graph.getInput(0).getName()).isEqualTo("image");
        assertThat(graph.getOutput(0).getName()).isEqualTo("scores");
        var shape = graph.getInput(0).getType().getTensorType().getShape();
        assertThat(shape.getDim(0).getDimParam()).isEqualTo("batch");
        assertThat(shape.getDim(1).getDimValue()).isEqualTo(6);
        assertThat(graph.getNodeList())
                .extracting(NodeProto::getName)
                .contains("hidden/Gemm", "relu");
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.run(new float[42], new Shape(7, 6))).hasSize(28);
        }
        assertThat(folder).isDirectoryContaining(p -> p.equals(file));
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 20, 21})
    void everyOpsetRuns(int opset) throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(2, 2, 3, 4, 4);
        Value x = graphs.fakeQuantize(graphs.input(), IntegerFormat.UINT8, 0.03f, 128);
        Value conv =
                graphs.fakeQuantize(
                        graphs.convolution(x, "conv", IntegerFormat.INT8, 4, 3),
                        IntegerFormat.UINT4,
                        0.3f,
                        8);
        Value max = graphs.add("max", "max", new Shape(2, 4, 4), ref(conv), literal(new int[] {3}));
        Value mean = graphs.add("mean", "mean", new Shape(2, 4), ref(max), literal(new int[] {2}));
        Path file = folder.resolve("model.onnx");
        OnnxExporter.builder().optOpset(opset).build().export(graphs.graph(mean), file);
        assertThat(ModelProto.parseFrom(Files.readAllBytes(file)).getOpsetImport(0).getVersion())
                .isEqualTo(opset);
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.run(graphs.gaussians(48), new Shape(1, 3, 4, 4))).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 16, 22})
    void otherOpsetsAreRefused(int opset) {
        assertThatThrownBy(() -> OnnxExporter.builder().optOpset(opset))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(opset))
                .hasMessageContaining("17 to 21");
    }

    @Test
    void aTracedBatchSizeCanBeKept() {
        ModelProto model =
                OnnxExporter.builder().optDynamicBatch(false).build().toModelProto(network(2));
        assertThat(
                        model.getGraph()
                                .getInput(0)
                                .getType()
                                .getTensorType()
                                .getShape()
                                .getDim(0)
                                .getDimValue())
                .isEqualTo(2);
    }

    @Test
    void anUnknownOperationIsNamedWithItsSiteAndTheRemedy() {
        QuantizedGraphs graphs = new QuantizedGraphs(3, 2, 6);
        Value output =
                graphs.add("fft", "spectrum", new Shape(2, 6), ref(graphs.input()), literal(6L));
        assertThatThrownBy(
                        () -> exporter.export(graphs.graph(output), folder.resolve("model.onnx")))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("fft")
                .hasMessageContaining("spectrum")
                .hasMessageContaining("addConverter");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aConverterCanBeAdded() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(3, 1, 2);
        Value output = graphs.add("cbrt", "cube root", new Shape(1, 2), ref(graphs.input()));
        OpConverter cubeRoot =
                node -> {
                    Operand x = node.operand(0);
                    String root =
                            node.add(
                                    "Pow",
                                    node.add("Abs", x.name()),
                                    node.scalar(1.0 / 3, DataType.FLOAT32).name());
                    node.bind(0, node.add("Mul", node.add("Sign", x.name()), root));
                };
        Path file = folder.resolve("model.onnx");
        OnnxExporter.builder()
                .addConverter("cbrt", cubeRoot)
                .build()
                .export(graphs.graph(output), file);
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.run(new float[] {-8, 27}, new Shape(1, 2)))
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(-2, 3);
        }
    }

    @Test
    void aModelThatBranchesOnTheBatchIsRefused() {
        QuantizedGraphs other = new QuantizedGraphs(1, 3, 6);
        Graph shorter = other.graph(other.add("relu", "relu", new Shape(3, 6), ref(other.input())));
        assertThatThrownBy(() -> exporter.toModelProto(network(2), shorter))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("optDynamicBatch(false)");
        assertThatThrownBy(() -> exporter.toModelProto(network(2), network(2)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("batch size 2");
    }

    @Test
    void aConstantThatDiffersFromSampleToSampleIsRefused() {
        QuantizedGraphs graphs = new QuantizedGraphs(4, 2, 3);
        Argument constant =
                new Argument.Constant("offsets", new Shape(2, 3), new float[] {1, 2, 3, 4, 5, 6});
        Value output = graphs.add("add", "add", new Shape(2, 3), ref(graphs.input()), constant);
        assertThatThrownBy(() -> exporter.toModelProto(graphs.graph(output)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("offsets")
                .hasMessageContaining("(2, 3)");
    }

    @Test
    void aDirectoryIsNotOverwritten() {
        assertThatThrownBy(() -> exporter.export(network(2), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("directory");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path file = folder.resolve("missing").resolve("model.onnx");
        assertThatThrownBy(() -> exporter.export(network(2), file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(folder.resolve("missing").toString());
    }

    @Test
    void anExistingFileIsReplaced() throws Exception {
        Path file = folder.resolve("model.onnx");
        Files.writeString(file, "old");
        exporter.export(network(2), network(5), file);
        assertThat(ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeCount())
                .isPositive();
    }

    @Test
    void theCheckerFindsWhatIsBroken() {
        ModelProto good = exporter.toModelProto(network(2));
        ModelProto.Builder unordered = good.toBuilder();
        NodeProto last = good.getGraph().getNode(good.getGraph().getNodeCount() - 1);
        unordered.getGraphBuilder().removeNode(0);
        assertThatThrownBy(() -> ModelChecker.checkStructure(unordered.build()))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("nothing before it defines");
        ModelProto.Builder twice = good.toBuilder();
        twice.getGraphBuilder().addNode(last);
        assertThatThrownBy(() -> ModelChecker.checkStructure(twice.build()))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining(last.getName());
        ModelProto.Builder cut = good.toBuilder();
        cut.getGraphBuilder().getInitializerBuilder(0).addDims(3);
        assertThatThrownBy(() -> ModelChecker.checkStructure(cut.build()))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining(good.getGraph().getInitializer(0).getName())
                .hasMessageContaining("bytes");
        ModelProto.Builder unknown = good.toBuilder();
        unknown.getGraphBuilder().getNodeBuilder(0).setOpType("NoSuchOperator");
        assertThatThrownBy(() -> ModelChecker.checkLoads(unknown.build().toByteArray(), null))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("NoSuchOperator");
    }
}
