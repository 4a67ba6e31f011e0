package io.github.djlqat.onnx;

import static io.github.djlqat.onnx.QuantizedGraphs.literal;
import static io.github.djlqat.onnx.QuantizedGraphs.ref;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedExportTest {

    @TempDir Path folder;

    private static final IntegerFormat UINT8 = IntegerFormat.UINT8;
    private static final IntegerFormat INT8 = IntegerFormat.INT8;

    @ParameterizedTest
    @CsvSource({
        "int8, false, 0", "int8, true, 0", "int8, false, -17", "uint8, false, 0",
                "uint8, false, 91", "int4, false, 0",
        "int4, true, 2", "uint4, false, 0", "uint4, false, 5", "int2, false, 0", "uint2, false, 1",
                "int5, true, -3",
        "uint7, false, 64"
    })
    void activationsRoundAsTheFormulaSays(String name, boolean narrow, int zeroPoint)
            throws Exception {
        IntegerFormat format = IntegerFormat.parse(name).withNarrowRange(narrow);
        QuantizationParameters parameters = QuantizedGraphs.perTensor(format, 0.0371f, zeroPoint);
        QuantizedGraphs graphs = new QuantizedGraphs(1, 2, 4000);
        float[] data = graphs.gaussians(8000);
        for (int i = 0; i < data.length; i++) {
            data[i] *= i % 2 == 0 ? 1 : 6;
        }
        data[0] = 1e30f;
        data[1] = -1e30f;
        Value output =
                graphs.add(
                        "fakeQuantize",
                        "q",
                        new Shape(2, 4000),
                        ref(graphs.input()),
                        literal(parameters));
        float[] actual = new ExportedGraph(folder).run(graphs.graph(output), data, 2, 4000);
        for (int i = 0; i < data.length; i++) {
            assertThat(actual[i])
                    .as("of %s", data[i])
                    .isEqualTo(QuantizedGraphs.fakeQuantize(data[i], parameters));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "int16, false, 0, 17",
        "int16, true, 0, 21",
        "int16, false, -1700, 21",
        "uint16, false, 0, 21",
        "uint16, false, 30000, 17",
        "uint16, false, 65535, 19"
    })
    void activationsOf16BitsRoundAsTheFormulaSays(
            String name, boolean narrow, int zeroPoint, int opset) throws Exception {
        IntegerFormat format = IntegerFormat.parse(name).withNarrowRange(narrow);
        float scale = 0.000371f;
        QuantizationParameters parameters = QuantizedGraphs.perTensor(format, scale, zeroPoint);
        QuantizedGraphs graphs = new QuantizedGraphs(21, 2, 40_000);
        float[] data = graphs.gaussians(80_000);
        for (int i = 0; i < data.length; i++) {
            data[i] *= scale * 30_000;
        }
        data[0] = 1e30f;
        data[1] = -1e30f;
        Shape shape = new Shape(2, 40_000);
        Value relu = graphs.add("relu", "relu", shape, ref(graphs.input()));
        Value output = graphs.fakeQuantize(relu, format, scale, zeroPoint);
        Path file = folder.resolve("halves.onnx");
        OnnxExporter.builder().optOpset(opset).build().export(graphs.graph(output), file);
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            float[] actual = verifier.run(data, shape);
            for (int i = 0; i < data.length; i++) {
                double code = Math.rint(Math.max(data[i], 0) / scale) + zeroPoint;
                code = Math.min(Math.max(code, format.qmin()), format.qmax());
                assertThat(actual[i])
                        .as("of %s", data[i])
                        .isEqualTo((float) (code - zeroPoint) * scale);
            }
        }
    }

    @Test
    void activationsOf16BitsAreWrittenInTheOpsetThatHasThem() {
        QuantizedGraphs graphs = new QuantizedGraphs(22, 1, 8);
        Graph graph =
                graphs.graph(graphs.fakeQuantize(graphs.input(), IntegerFormat.UINT16, 0.1f, 7));
        ModelProto standard = OnnxExporter.builder().build().toModelProto(graph);
        assertThat(standard.getOpsetImportList()).hasSize(1);
        assertThat(standard.getOpsetImport(0).getVersion()).isEqualTo(21);
        ModelProto runtime = OnnxExporter.builder().optOpset(20).build().toModelProto(graph);
        assertThat(runtime.getOpsetImportList())
                .extracting(OperatorSetIdProto::getDomain)
                .containsExactly("", "com.microsoft");
        assertThat(runtime.getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDataType() == TensorProto.DataType.UINT16_VALUE)
                .singleElement()
                .satisfies(
                        zero -> assertThat(zero.getRawData().toByteArray()).containsExactly(7, 0));
    }

    @ParameterizedTest
    @CsvSource({"int8, 0", "uint8, 0", "uint8, 40", "int4, 0", "uint4, 0", "uint4, 3", "int2, 0"})
    void clampsBeforeAQuantizerBecomeClampsOfCodes(String name, int zeroPoint) throws Exception {
        QuantizationParameters parameters =
                QuantizedGraphs.perTensor(IntegerFormat.parse(name), 0.11f, zeroPoint);
        QuantizedGraphs graphs = new QuantizedGraphs(2, 1, 3000);
        float[] data = graphs.gaussians(3000);
        for (int i = 0; i < data.length; i++) {
            data[i] *= 5;
        }
        Shape shape = new Shape(1, 3000);
        Value relu = graphs.add("relu", "relu", shape, ref(graphs.input()));
        Value clipped = graphs.add("minimum", "minimum", shape, ref(relu), literal(6));
        Value output = graphs.add("fakeQuantize", "q", shape, ref(clipped), literal(parameters));
        ModelProto model = OnnxExporter.builder().build().toModelProto(graphs.graph(output));
        assertThat(model.getGraph().getNodeList()).noneMatch(n -> n.getOpType().equals("Relu"));
        float[] actual = new ExportedGraph(folder).run(graphs.graph(output), data, 1, 3000);
        for (int i = 0; i < data.length; i++) {
            float clamped = Math.min(Math.max(data[i], 0), 6);
            assertThat(actual[i]).isEqualTo(QuantizedGraphs.fakeQuantize(clamped, parameters));
        }
    }

    /** A residual network whose every operation has an integer kernel. */
    private static Graph residual(
            IntegerFormat weights, IntegerFormat activations, IntegerFormat afterRelu) {
        QuantizedGraphs graphs = new QuantizedGraphs(7, 4, 3, 8, 8);
        float signed = 6f / (activations.qmax() - activations.qmin());
        float unsigned = 4f / (afterRelu.qmax() - afterRelu.qmin());
        int middle = (activations.qmax() + activations.qmin() + 1) / 2;
        int zero = afterRelu.qmin();
        Value x = graphs.fakeQuantize(graphs.input(), activations, signed, middle);
        Value first = graphs.convolution(x, "conv1", weights, 8, 3);
        Value relu = graphs.add("relu", "relu", first.shape(), ref(first));
        Value left = graphs.fakeQuantize(relu, afterRelu, unsigned, zero);
        Value pooled =
                graphs.add(
                        "maxPool",
                        "pool",
                        new Shape(4, 8, 4, 4),
                        ref(left),
                        literal(new Shape(2, 2)),
                        literal(new Shape(2, 2)),
                        literal(new Shape(0, 0)),
                        literal(false));
        Value second =
                graphs.fakeQuantize(
                        graphs.convolution(pooled, "conv2", weights, 8, 3),
                        activations,
                        2 * signed,
                        middle);
        Value sum = graphs.add("add", "add", second.shape(), ref(pooled), ref(second));
        Value positive = graphs.add("relu", "relu2", sum.shape(), ref(sum));
        Value joined = graphs.fakeQuantize(positive, afterRelu, 2 * unsigned, zero);
        Value average = graphs.add("globalAvgPool", "average", new Shape(4, 8), ref(joined));
        Value features = graphs.fakeQuantize(average, afterRelu, unsigned, zero);
        return graphs.graph(graphs.linear(features, "head", graphs.weight(weights, 0, 5, 8)));
    }

    @ParameterizedTest
    @CsvSource({
        "int8, int8, uint8",
        "int8, uint8, uint8",
        "int8, int8, int8",
        "int4, int4, uint4",
        "int2, int4, int4"
    })
    void runtimeStaysInIntegers(String weights, String activations, String afterRelu)
            throws Exception {
        Graph graph =
                residual(
                        IntegerFormat.parse(weights),
                        IntegerFormat.parse(activations),
                        IntegerFormat.parse(afterRelu));
        try (OnnxVerifier verifier = OnnxVerifier.load(new ExportedGraph(folder).export(graph))) {
            Map<String, Integer> ops = verifier.opTypes();
            assertThat(ops)
                    .containsEntry("QLinearConv", 2)
                    .containsEntry("QLinearAdd", 1)
                    .containsEntry("QGemm", 1);
            assertThat(ops)
                    .containsEntry("QLinearGlobalAveragePool", 1)
                    .containsEntry("QuantizeLinear", 1);
            assertThat(ops)
                    .doesNotContainKeys(
                            "Conv", "Gemm", "Add", "Relu", "FusedConv", "DequantizeLinear");
        }
    }

    @ParameterizedTest
    @CsvSource({"INT8, 0", "UINT8, 128"})
    void signedWeightsAreStoredInTheChosenContainer(WeightContainer container, int zeroPoint) {
        ModelProto model =
                OnnxExporter.builder()
                        .optWeightContainer(container)
                        .build()
                        .toModelProto(residual(INT8, INT8, UINT8));
        TensorProto codes = ExportedGraph.initializer(model, "conv1_weight_quantized");
        assertThat(codes.getDataType())
                .isEqualTo(container == WeightContainer.INT8 ? Tensors.INT8 : Tensors.UINT8);
        assertThat(
                        ExportedGraph.initializer(model, "conv1_weight_zero_point")
                                .getRawData()
                                .byteAt(0))
                .isEqualTo((byte) zeroPoint);
    }

    @Test
    void zerosBesideQuantizedTensorsAreCodes() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(8, 2, 4, 6, 6);
        Value x = graphs.fakeQuantize(graphs.input(), UINT8, 0.02f, 100);
        Value conv =
                graphs.fakeQuantize(graphs.convolution(x, "conv", INT8, 4, 3), UINT8, 0.05f, 120);
        Value zeros =
                graphs.add("zeros", "zeros", new Shape(2, 2, 6, 6), literal(new Shape(2, 2, 6, 6)));
        Value joined =
                graphs.add(
                        "concat",
                        "concat",
                        new Shape(2, 8, 6, 6),
                        ref(zeros),
                        new Argument.Sequence(List.of(ref(conv), ref(zeros))),
                        literal(1));
        Value output =
                graphs.fakeQuantize(
                        graphs.convolution(joined, "conv2", INT8, 4, 1), UINT8, 0.05f, 120);
        Path file = new ExportedGraph(folder).export(graphs.graph(output));
        try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
            assertThat(verifier.opTypes())
                    .containsEntry("Pad", 1)
                    .containsEntry("QLinearConv", 2)
                    .containsEntry("QuantizeLinear", 1)
                    .containsEntry("DequantizeLinear", 1)
                    .doesNotContainKeys("Concat", "Expand");
            assertThat(verifier.run(graphs.gaussians(3 * 144), new Shape(3, 4, 6, 6)))
                    .hasSize(3 * 144);
        }
    }

    @Test
    void aLastConvolutionOfOnePositionStaysInIntegers() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(11, 2, 6, 1, 1);
        Value x = graphs.fakeQuantize(graphs.input(), UINT8, 0.02f, 100);
        Value conv = graphs.convolution(x, "conv", INT8, 4, 1);
        Value output =
                graphs.add(
                        "reshape", "reshape", new Shape(2, 4), ref(conv), literal(new Shape(2, 4)));
        try (OnnxVerifier verifier =
                OnnxVerifier.load(new ExportedGraph(folder).export(graphs.graph(output)))) {
            assertThat(verifier.opTypes())
                    .containsEntry("QGemm", 1)
                    .doesNotContainKeys("Conv", "DequantizeLinear");
        }
    }

    @Test
    void aBiasThatDoesNotFitStaysInFloatingPoint() throws Exception {
        QuantizedGraphs graphs = new QuantizedGraphs(9, 1, 16);
        Value x = graphs.fakeQuantize(graphs.input(), UINT8, 1e-6f, 0);
        QuantizedTensor weight = graphs.weight(INT8, 0, 3, 16);
        Value output =
                graphs.add(
                        "linear",
                        "layer",
                        new Shape(1, 3),
                        ref(x),
                        ref(x),
                        new Argument.Quantized("layer_weight", weight),
                        new Argument.Constant(
                                "layer_bias", new Shape(3), new float[] {1e9f, -2e9f, 3}));
        assertThat(new ExportedGraph(folder).run(graphs.graph(output), new float[16], 1, 16))
                .containsExactly(1e9f, -2e9f, 3);
    }
}
