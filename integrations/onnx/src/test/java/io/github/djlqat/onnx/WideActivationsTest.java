package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with activations of 16 bits against their ONNX files. */
class WideActivationsTest {

    private static final Shape SAMPLE = new Shape(1, 3, 16, 16);

    @TempDir Path folder;
    private NDManager manager;
    private Block block;

    @BeforeEach
    void network() {
        Engine.getInstance().setRandomSeed(3);
        manager = NDManager.newBaseManager();
        block = new UserBlock();
        block.initialize(manager, DataType.FLOAT32, SAMPLE);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDList images(int count) {
        return new NDList(manager.randomNormal(new Shape(count, 3, 16, 16)));
    }

    private ConvertedModel converted(Recipe recipe, NDList calibration) {
        QuantizedBlock prepared = Quantization.prepare(block, manager, recipe, SAMPLE);
        if (recipe.activations() != null) {
            Quantization.calibrate(prepared, manager, List.of(calibration));
        }
        return Quantization.convert(prepared);
    }

    private OnnxVerifier exported(ConvertedModel converted, int opset) throws Exception {
        Path file = folder.resolve("model" + opset + ".onnx");
        OnnxExporter.builder()
                .optOpset(opset)
                .build()
                .export(converted.graphs().get(0), converted.graphs().get(1), file);
        return OnnxVerifier.load(file);
    }

    private NDList run(Block model, NDList batch) {
        return model.forward(new ParameterStore(manager, false), batch, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21})
    void aFileAgreesWithTheConvertedBlock(int opset) throws Exception {
        NDList images = images(64);
        ConvertedModel converted = converted(Presets.named("w8a16"), images);
        try (OnnxVerifier verifier = exported(converted, opset)) {
            Agreement agreement =
                    verifier.compare(List.of(images), batch -> run(converted.block(), batch));
            assertThat(agreement.sameClass()).isEqualTo(64);
            // A rounding that falls on the other side of a tie is one of 65535 steps.
            assertThat(agreement.maxRelative()).isLessThan(1e-4f);
        }
    }

    @Test
    void widerActivationsLoseLess() throws Exception {
        NDList images = images(64);
        double[] noise = new double[2];
        int i = 0;
        for (String preset : List.of("w8a8", "w8a16")) {
            ConvertedModel converted = converted(Presets.named(preset), images);
            ConvertedModel weights = converted(Presets.named("int8-weight-only"), images);
            try (OnnxVerifier verifier = exported(converted, 21)) {
                noise[i++] =
                        verifier.compare(List.of(images), batch -> run(weights.block(), batch))
                                .sqnr();
            }
        }
        // 8 bits more are 48 dB less noise of activations.
        assertThat(noise[1] - noise[0]).isBetween(38.0, 58.0);
    }

    @Test
    void layersOfEitherWidthGoTogether() throws Exception {
        Recipe recipe =
                RecipeReader.read(
                        """
                        name: mixed
                        weights: {format: int8, narrowRange: true}
                        activations: {format: uint8}
                        elementwise: {format: uint8}
                        rules:
                          - {name: "*down*", activations: {format: int16}}
                          - {op: add, activations: {format: uint16}}
                        """,
                        RecipeFormat.YAML);
        NDList images = images(64);
        ConvertedModel converted = converted(recipe, images);
        try (OnnxVerifier verifier = exported(converted, 21)) {
            Agreement agreement =
                    verifier.compare(List.of(images), batch -> run(converted.block(), batch));
            assertThat(agreement.sameClass()).isEqualTo(64);
            assertThat(agreement.sqnr()).isGreaterThan(45);
            assertThat(verifier.opTypes()).containsKeys("QLinearConv", "Conv");
        }
    }
}
