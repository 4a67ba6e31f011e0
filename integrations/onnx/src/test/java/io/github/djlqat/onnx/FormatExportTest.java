package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the export of models in formats that take their scales from the tensor. */
class FormatExportTest {

    private static final Shape IMAGE = new Shape(2, 3, 8, 8);

    @TempDir Path folder;

    @Test
    void roundedWeightsAreExportedInSinglePrecision() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted = converted(manager, "nf4-weight-only");
            Path file = folder.resolve("nf4.onnx");
            OnnxExporter.builder()
                    .build()
                    .export(converted.graphs().get(0), converted.graphs().get(1), file);
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
    void roundedActivationsAreRefusedByName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvertedModel converted = converted(manager, "fp8-e4m3");
            Path file = folder.resolve("fp8.onnx");
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
        block.initialize(manager, DataType.FLOAT32, IMAGE);
        QuantizedBlock prepared =
                Quantization.prepare(block, manager, Presets.named(preset), IMAGE);
        return Quantization.convert(prepared);
    }
}
