package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the export of models in formats that take their scales from the tensor. */
class FormatExportTest {

    private static final Shape IMAGE = new Shape(2, 3, 8, 8);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"true, UINT4, 21", "false, UINT8, 17"})
    void tablesAreWrittenAsCodes(boolean packed, DataType type, int opset) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted = converted(manager, "nf4-weight-only");
            Path file = folder.resolve("nf4.onnx");
            OnnxExporter.builder()
                    .optPackedWeights(packed)
                    .build()
                    .export(converted.graphs().get(0), converted.graphs().get(1), file);
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
            assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
            // Of 108 and 72 values, in blocks of 64.
            assertThat(model.getGraph().getInitializerList())
                    .filteredOn(tensor -> tensor.getDataType() == type.getNumber())
                    .hasSize(2)
                    .allMatch(tensor -> tensor.getDimsList().equals(List.of(2L, 64L)));
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                ParameterStore store = new ParameterStore(manager, false);
                Agreement agreement =
                        verifier.compare(
                                List.of(new NDList(manager.randomNormal(IMAGE))),
                                batch -> converted.block().forward(store, batch, false));
                assertThat(agreement.maxRelative()).isLessThan(1e-5f);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bf16, BFLOAT16, 17",
        "fp16, FLOAT16, 17",
        "fp8-e4m3, FLOAT8E4M3FN, 19",
        "fp8-e5m2, FLOAT8E5M2, 19"
    })
    void floatsAreWrittenInTheirTypes(String preset, DataType type, int opset) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted = converted(manager, preset);
            Path file = folder.resolve("floats.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(converted.graphs().get(0), converted.graphs().get(1), file);
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
            assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
            assertThat(model.getGraph().getInitializerList())
                    .filteredOn(tensor -> tensor.getDimsCount() == 4)
                    .hasSize(2)
                    .allMatch(tensor -> tensor.getDataType() == type.getNumber());
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                ParameterStore store = new ParameterStore(manager, false);
                Agreement agreement =
                        verifier.compare(
                                List.of(
                                        new NDList(manager.randomNormal(IMAGE)),
                                        new NDList(manager.randomNormal(IMAGE).mul(1000)),
                                        new NDList(manager.zeros(IMAGE))),
                                batch -> converted.block().forward(store, batch, false));
                // Sums in another order round a few inputs of the second layer to the other side.
                assertThat(agreement.sqnr()).isGreaterThan(45);
            }
            if (opset > 17) {
                OnnxExporter low = OnnxExporter.builder().optOpset(opset - 1).build();
                assertThatThrownBy(() -> low.toModelProto(converted.graphs().get(0)))
                        .isInstanceOf(OnnxExportException.class)
                        .hasMessageContaining("01Conv2d")
                        .hasMessageContaining("opset 19");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT8_E4M3FN, 448", "FLOAT8_E5M2, 57344"})
    void everyCodeOfAnActivationIsExact(String name, float largest) throws Exception {
        FloatFormat format =
                name.equals("FLOAT8_E5M2") ? FloatFormat.FLOAT8_E5M2 : FloatFormat.FLOAT8_E4M3FN;
        for (Granularity granularity :
                List.of(Granularity.PER_TENSOR, new Granularity.PerToken())) {
            QuantizedGraphs graphs = new QuantizedGraphs(1, 3, 500);
            Value output =
                    graphs.add(
                            Node.ROUND,
                            "round",
                            new Shape(3, 500),
                            QuantizedGraphs.ref(graphs.input()),
                            QuantizedGraphs.literal(new TensorFormat.Scaled(format, granularity)));
            float[] data = graphs.gaussians(1500);
            Path file = folder.resolve("round.onnx");
            OnnxExporter.builder().build().export(graphs.graph(output), file);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                float[] actual = verifier.run(data, new Shape(3, 500));
                for (int i = 0; i < data.length; i++) {
                    boolean token = granularity instanceof Granularity.PerToken;
                    int from = token ? i / 500 * 500 : 0;
                    float max = 0;
                    for (int j = from; j < (token ? from + 500 : 1500); j++) {
                        max = Math.max(max, Math.abs(data[j]));
                    }
                    float scale = max / largest;
                    float expected =
                            FloatCodec.round(
                                            format,
                                            data[i] / scale,
                                            Rounding.HALF_EVEN,
                                            Overflow.SATURATE)
                                    * scale;
                    assertThat(actual[i]).as("of %s", data[i]).isEqualTo(expected);
                }
            }
        }
    }

    /** The rows of the layers, of 27 and 36 values, are not whole blocks. */
    @ParameterizedTest
    @CsvSource({
        "mxfp8-e4m3-floor, FLOAT8E4M3FN, true, 21",
        "mxfp8-e5m2-rceil, FLOAT8E5M2, true, 21",
        "mxint8-even, INT8, true, 21",
        "mxfp6-e2m3-even, UINT8, true, 17",
        "mxfp6-e3m2-floor, UINT8, true, 17",
        "mxfp4-floor, UINT4, true, 21",
        "mxfp4-even, UINT8, false, 17",
        "nvfp4-torchao-tensor, UINT4, true, 21",
        "nvfp4-torchao, UINT8, false, 17",
        "nvfp4-modelopt-tensor, UINT4, true, 21",
        "nvfp4-compressed_tensors-tensor, UINT4, true, 21"
    })
    void weightsInBlocksAreWrittenAsCodesAndScales(
            String format, DataType type, boolean packed, int opset) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted =
                    converted(
                            manager,
                            RecipeReader.read(
                                    "name: blocks\nweights: {format: " + format + "}",
                                    RecipeFormat.YAML));
            Path file = folder.resolve("blocks.onnx");
            OnnxExporter.builder()
                    .optPackedWeights(packed)
                    .build()
                    .export(converted.graphs(), file);
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
            assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
            assertThat(model.getGraph().getInitializerList())
                    .filteredOn(tensor -> tensor.getName().endsWith("_quantized"))
                    .hasSize(2)
                    .allMatch(tensor -> tensor.getDataType() == type.getNumber());
            assertThat(model.getGraph().getInitializerList())
                    .noneMatch(
                            tensor ->
                                    tensor.getDimsCount() == 4
                                            && tensor.getDataType() == DataType.FLOAT_VALUE);
            try (OnnxVerifier verifier = OnnxVerifier.load(file)) {
                ParameterStore store = new ParameterStore(manager, false);
                Agreement agreement =
                        verifier.compare(
                                List.of(new NDList(manager.randomNormal(IMAGE))),
                                batch -> converted.block().forward(store, batch, false));
                assertThat(agreement.maxRelative()).isLessThan(1e-5f);
            }
        }
    }

    @Test
    void activationsInBlocksAreRefusedByName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted = converted(manager, "mxfp8");
            Path file = folder.resolve("mxfp8.onnx");
            assertThatThrownBy(
                            () ->
                                    OnnxExporter.builder()
                                            .build()
                                            .export(
                                                    converted.graphs().get(0),
                                                    converted.graphs().get(1),
                                                    file))
                    .isInstanceOf(OnnxExportException.class)
                    .hasMessageContaining("roundToFormat")
                    .hasMessageContaining("01Conv2d");
            assertThat(file).doesNotExist();
        }
    }

    private static ConvertedModel converted(NDManager manager, String preset) {
        return converted(manager, Presets.named(preset));
    }

    private static ConvertedModel converted(NDManager manager, Recipe recipe) {
        Block block =
                new SequentialBlock()
                        .add(Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3)).build())
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(
                                Conv2d.builder()
                                        .setFilters(2)
                                        .setKernelShape(new Shape(3, 3))
                                        .build());
        block.initialize(manager, ai.djl.ndarray.types.DataType.FLOAT32, IMAGE);
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, IMAGE);
        return Quantization.convert(prepared);
    }
}
