package io.github.djlqat.onnx;

import static io.github.djlqat.onnx.QuantizedGraphs.literal;
import static io.github.djlqat.onnx.QuantizedGraphs.ref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of integer codes keep their values, in each form in which they are written. */
class QuantizedWeightsExportTest {

    private static final IntegerFormat UINT8 = IntegerFormat.UINT8;
    private static final IntegerFormat INT8 = IntegerFormat.INT8;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"int8", "uint8", "int7", "int4", "uint4", "int3", "int2", "uint2"})
    void weightsPerChannelKeepTheirValues(String name) throws Exception {
        checkWeights(new QuantizedGraphs(3, 7, 7).weight(IntegerFormat.parse(name), 0, 5, 7));
        checkWeights(
                new QuantizedGraphs(4, 7, 7)
                        .weight(IntegerFormat.parse(name), Granularity.PER_TENSOR, 1, 5, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "uint8", "int4", "uint4", "int3", "int2"})
    void weightsPerGroupKeepTheirValues(String name) throws Exception {
        checkWeights(
                new QuantizedGraphs(5, 32, 32)
                        .weight(
                                IntegerFormat.parse(name),
                                new Granularity.PerGroup(1, 16),
                                3 * 2,
                                3,
                                32));
    }

    /** The identity matrix through a linear layer reads the weight back. */
    private void checkWeights(QuantizedTensor weight) throws Exception {
        int rows = (int) weight.shape().get(0);
        int columns = (int) weight.shape().get(1);
        QuantizedGraphs graphs = new QuantizedGraphs(0, columns, columns);
        Value output =
                graphs.add(
                        "linear",
                        "layer",
                        new Shape(columns, rows),
                        ref(graphs.input()),
                        ref(graphs.input()),
                        new Argument.Quantized("layer_weight", weight),
                        literal(null));
        float[] identity = new float[columns * columns];
        for (int i = 0; i < columns; i++) {
            identity[i * columns + i] = 1;
        }
        float[] actual =
                new ExportedGraph(folder).run(graphs.graph(output), identity, columns, columns);
        QuantizationParameters parameters = weight.parameters();
        boolean unsigned = !parameters.scheme().format().signed();
        int perScale = weight.codes().length / parameters.scales().length;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = row * columns + column;
                int code = unsigned ? weight.codes()[at] & 0xFF : weight.codes()[at];
                int scale = at / perScale;
                float expected =
                        (code - parameters.zeroPoints()[scale]) * parameters.scales()[scale];
                assertThat(actual[column * rows + row])
                        .as("weight (%d, %d)", row, column)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "int8, 32, 17",
        "uint8, 16, 17",
        "int4, 32, 17",
        "uint4, 16, 19",
        "int3, 16, 21",
        "int2, 32, 17",
        "uint2, 16, 17"
    })
    void groupsBecomeMatMulNBits(String name, int block, int opset) throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(13, 3, 64);
        QuantizedTensor weight =
                graphs.weight(
                        IntegerFormat.parse(name),
                        new Granularity.PerGroup(1, block),
                        5 * 64 / block,
                        5,
                        64);
        int[] zeroPoints = weight.parameters().zeroPoints();
        if (!weight.parameters().scheme().format().signed()) {
            zeroPoints[1] = 1;
        }
        Graph graph = graphs.graph(graphs.linear(graphs.input(), "layer", weight));
        Path file = folder.resolve("nbits.onnx");
        OnnxExporter.builder()
                .optOpset(opset)
                .optWeightOnly(WeightOnlyForm.MAT_MUL_N_BITS)
                .build()
                .export(graph, file);
        float[] input = graphs.gaussians(3 * 64);
        float[] bias =
                (float[]) ((Argument.Constant) graph.nodes().get(0).arguments().get(3)).data();
        float[] values = weight.dequantize();
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.opTypes()).containsEntry("MatMulNBits", 1);
            float[] actual = verifier.run(input, new Shape(3, 64));
            for (int i = 0; i < actual.length; i++) {
                double expected = bias[i % 5];
                for (int k = 0; k < 64; k++) {
                    expected += (double) input[i / 5 * 64 + k] * values[i % 5 * 64 + k];
                }
                assertThat(actual[i]).isCloseTo((float) expected, within(1e-4f));
            }
        }
    }

    @Test
    void groupsThatMatMulNBitsDoesNotTakeStayBlockwise() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(14, 2, 24);
        QuantizedTensor weight =
                graphs.weight(IntegerFormat.INT4, new Granularity.PerGroup(1, 8), 9, 3, 24);
        Graph graph = graphs.graph(graphs.linear(graphs.input(), "layer", weight));
        OnnxExporter.Builder builder =
                OnnxExporter.builder().optWeightOnly(WeightOnlyForm.MAT_MUL_N_BITS);
        assertThat(builder.build().toModelProto(graph).getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .contains("DequantizeLinear")
                .doesNotContain("MatMulNBits");
        assertThatThrownBy(() -> builder.optOpset(20).build().toModelProto(graph))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("layer")
                .hasMessageContaining("opset 21")
                .hasMessageContaining("MAT_MUL_N_BITS");
    }

    @Test
    void fourBitCodesArePackedLowHalfFirst() {
        byte[] bytes =
                Tensors.nibbles("w", Tensors.INT4, new byte[] {1, -2, 7, -8, 3}, 5)
                        .getRawData()
                        .toByteArray();
        assertThat(bytes).containsExactly(0xE1, 0x87, 0x03);
    }

    @Test
    void fourBitWeightsTakeHalfAByteAndOpset21() {
        QuantizedGraphs graphs = new QuantizedGraphs(6, 1, 64);
        Value output =
                graphs.linear(
                        graphs.input(), "layer", graphs.weight(IntegerFormat.INT4, 0, 32, 64));
        ModelProto model = OnnxExporter.builder().build().toModelProto(graphs.graph(output));
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(21);
        assertThat(model.getIrVersion()).isEqualTo(10);
        assertThat(ExportedGraph.initializer(model, "layer_weight_quantized").getRawData().size())
                .isEqualTo(32 * 64 / 2);
        ModelProto bytes =
                OnnxExporter.builder()
                        .optPackedWeights(false)
                        .build()
                        .toModelProto(graphs.graph(output));
        assertThat(bytes.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(ExportedGraph.initializer(bytes, "layer_weight_quantized").getRawData().size())
                .isEqualTo(32 * 64);
        assertThatThrownBy(
                        () ->
                                OnnxExporter.builder()
                                        .optOpset(17)
                                        .build()
                                        .toModelProto(graphs.graph(output)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("opset 21")
                .hasMessageContaining("optPackedWeights");
    }

    @Test
    void aWeightOfTwoLayersCanBeTurnedIntoUint8() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(12, 2, 6);
        QuantizedTensor weight = graphs.weight(INT8, 0, 6, 6);
        Value x = graphs.fakeQuantize(graphs.input(), UINT8, 0.02f, 100);
        Value once = graphs.fakeQuantize(graphs.linear(x, "layer", weight), UINT8, 0.1f, 128);
        Path file =
                new ExportedGraph(folder)
                        .export(graphs.graph(graphs.linear(once, "layer", weight)));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addConfigEntry("session.x64quantprecision", "1");
            OrtEnvironment.getEnvironment().createSession(file.toString(), options).close();
        }
        assertThat(ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDataType() == Tensors.INT8)
                .filteredOn(tensor -> tensor.getDimsCount() == 2)
                .hasSize(2);
    }

    @Test
    void aTensorThatCannotBeGroupedIsRefused() {
        QuantizedGraphs graphs = new QuantizedGraphs(10, 1, 24);
        QuantizedTensor weight =
                graphs.weight(IntegerFormat.INT4, new Granularity.PerGroup(1, 16), 2, 1, 24);
        Value output = graphs.linear(graphs.input(), "layer", weight);
        assertThatThrownBy(() -> OnnxExporter.builder().build().toModelProto(graphs.graph(output)))
                .isInstanceOf(OnnxExportException.class)
                .hasMessageContaining("layer_weight")
                .hasMessageContaining("PerGroup");
    }
}
