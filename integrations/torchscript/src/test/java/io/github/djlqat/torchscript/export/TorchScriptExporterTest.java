package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.graph.Node;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.Symmetry;
import io.github.djlqat.torchscript.TestModels;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exported networks, run by DJL's PyTorch engine beside the blocks they come from. */
class TorchScriptExporterTest {

    @ParameterizedTest
    @ValueSource(ints = {8, 4})
    void packedWeightsEqualTheirDequantizedValues(int bits) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = LeNet.builder().build();
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 1, 28, 28));
            long[] sample = {1, 28, 28};
            Graph two = quantized(trace(block, manager, 2, sample), bits, true);
            Graph three = quantized(trace(block, manager, 3, sample), bits, true);
            Graph floats = quantized(trace(block, manager, 2, sample), bits, false);
            Graph floatsThree = quantized(trace(block, manager, 3, sample), bits, false);
            TorchScriptArchive packed = TorchScriptExporter.export(two, three);
            TorchScriptArchive plain = TorchScriptExporter.export(floats, floatsThree);
            ScriptAgreement.keep("packed" + bits, packed);
            NDArray input = manager.randomNormal(new Shape(3, 1, 28, 28));

            float[] actual =
                    TestModels.run(manager, packed.toByteArray(), new NDList(input)).get(0);

            assertThat(actual)
                    .isNotEmpty()
                    .isEqualTo(
                            TestModels.run(manager, plain.toByteArray(), new NDList(input)).get(0));
            assertThat(packed.toByteArray().length)
                    .isLessThan(plain.toByteArray().length * (bits + 4) / 32);
        }
    }

    @Test
    void fakeQuantizationRoundsAsPyTorchDoes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new LambdaBlock(x -> new NDList(x.get(0).getNDArrayInternal().relu()));
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
            Graph two = fakeQuantized(trace(block, manager, 2, 3));
            TorchScriptArchive archive =
                    TorchScriptExporter.export(two, fakeQuantized(trace(block, manager, 3, 3)));
            NDArray input = manager.create(new float[] {0.26f, 100f, -100f}, new Shape(1, 3));

            float[] actual =
                    TestModels.run(manager, archive.toByteArray(), new NDList(input)).get(0);

            assertThat(actual).containsExactly(0.5f, 63.5f, -64f);
        }
    }

    @Test
    void runningStatisticsAskForNoGradient() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = BatchNorm.builder().build();
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
            TorchScriptArchive archive =
                    TorchScriptExporter.export(
                            trace(block, manager, 2, 3), trace(block, manager, 3, 3));

            assertThat(archive.text("code/__torch__.py"))
                    .contains(
                            "__parameters__ = [\"p_gamma\", \"p_beta\", ]",
                            "__buffers__ = [\"p_runningMean\", \"p_runningVar\", ]");
            assertThat(trained(archive, "p_gamma")).isTrue();
            assertThat(trained(archive, "p_runningMean")).isFalse();
            assertThat(trained(archive, "p_runningVar")).isFalse();
        }
    }

    private static boolean trained(TorchScriptArchive archive, String name) {
        return ((TensorValue) archive.data().attribute(name).orElseThrow()).requiresGrad();
    }

    @Test
    void operationWithoutAConverterIsNamedAndCanBeGivenOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block =
                    new LambdaBlock(
                            x -> new NDList(x.get(0).getManager().randomNormal(new Shape(3))));
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
            Graph two = trace(block, manager, 2, 3);
            Graph three = trace(block, manager, 3, 3);

            assertThatThrownBy(() -> TorchScriptExporter.export(two, three))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("randomNormal")
                    .hasMessageContaining("TorchScriptExporterTest.java:")
                    .hasMessageContaining("addConverter")
                    .hasMessageContaining("convolution");
            TorchScriptArchive archive =
                    TorchScriptExporter.builder()
                            .addConverter(
                                    "randomNormal",
                                    node -> node.bind(ScriptNode.call("mul", "input0", "7")))
                            .build()
                            .toArchive(two, three);
            NDArray input = manager.arange(6f).reshape(2, 3);

            assertThat(TestModels.run(manager, archive.toByteArray(), new NDList(input)).get(0))
                    .containsExactly(0, 7, 14, 21, 28, 35);
        }
    }

    @Test
    void sizesThatFollowNoFormulaAreKeptWhereAskedFor() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block =
                    new LambdaBlock(
                            x -> new NDList(x.get(0).mul(x.get(0).size(0) * x.get(0).size(0))));
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
            Graph two = trace(block, manager, 2, 3);
            Graph five = trace(block, manager, 5, 3);

            assertThatThrownBy(() -> TorchScriptExporter.export(two, five))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("mul at ")
                    .hasMessageContaining("4 at the batch size 2 and 25 at 5")
                    .hasMessageContaining("optDynamicBatch(false)");
            TorchScriptArchive archive =
                    TorchScriptExporter.builder()
                            .optDynamicBatch(false)
                            .build()
                            .toArchive(two, five);
            NDArray input = manager.arange(6f).reshape(2, 3);

            assertThat(TestModels.run(manager, archive.toByteArray(), new NDList(input)).get(0))
                    .containsExactly(0, 4, 8, 12, 16, 20);
        }
    }

    private static Graph fakeQuantized(Graph graph) {
        QuantizationParameters parameters =
                new QuantizationParameters(
                        new QuantizationScheme(
                                IntegerFormat.INT8,
                                Symmetry.SYMMETRIC,
                                new Granularity.PerTensor()),
                        new float[] {0.5f},
                        new int[] {0});
        List<Node> nodes =
                graph.nodes().stream()
                        .map(
                                node ->
                                        new Node(
                                                Node.FAKE_QUANTIZE,
                                                node.site(),
                                                List.of(
                                                        node.arguments().get(0),
                                                        new Argument.Literal(parameters)),
                                                node.outputs()))
                        .toList();
        return new Graph(graph.inputs(), nodes, graph.outputs());
    }

    /** Rounds every weight to codes; packed, or as the floats that they stand for. */
    private static Graph quantized(Graph graph, int bits, boolean packed) {
        List<Node> nodes =
                graph.nodes().stream()
                        .map(
                                node ->
                                        new Node(
                                                node.op(),
                                                node.site(),
                                                node.arguments().stream()
                                                        .map(a -> quantized(a, bits, packed))
                                                        .toList(),
                                                node.outputs()))
                        .toList();
        return new Graph(graph.inputs(), nodes, graph.outputs());
    }

    private static Argument quantized(Argument argument, int bits, boolean packed) {
        if (!(argument instanceof Argument.ParameterReference reference)
                || reference.parameter().getArray().getShape().dimension() < 2) {
            return argument;
        }
        NDArray array = reference.parameter().getArray();
        int channels = (int) array.getShape().get(0);
        float[] scales = new float[channels];
        for (int i = 0; i < channels; i++) {
            scales[i] = 0.01f + 0.003f * i;
        }
        QuantizationParameters parameters =
                new QuantizationParameters(
                        new QuantizationScheme(
                                bits == 8 ? IntegerFormat.INT8 : IntegerFormat.INT4,
                                Symmetry.SYMMETRIC,
                                new Granularity.PerChannel(0)),
                        scales,
                        new int[channels]);
        QuantizedTensor tensor =
                IntegerCodec.quantize(array.toFloatArray(), array.getShape(), parameters);
        return packed
                ? new Argument.Quantized(reference.name(), tensor)
                : new Argument.Constant(reference.name(), tensor.shape(), tensor.dequantize());
    }

    private static Graph trace(Block block, NDManager manager, int batch, long... sample) {
        return GraphTracer.trace(
                block, manager, new NDList(manager.randomNormal(shape(batch, sample))));
    }

    private static Shape shape(int batch, long... sample) {
        return new Shape(batch).addAll(new Shape(sample));
    }
}
