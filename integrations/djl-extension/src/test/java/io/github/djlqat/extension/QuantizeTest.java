package io.github.djlqat.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantization in one call, of both kinds of models. */
class QuantizeTest {

    private static final Recipe INT8 = Presets.named("int8");

    @TempDir Path folder;

    @Test
    void aBlockIsPreparedCalibratedAndConverted() throws Exception {
        try (Model model = Networks.model(1);
                Model twin = Networks.model(1)) {
            NDManager manager = model.getNDManager();
            NDList test = Networks.images(manager, 5, 3);

            Quantization.quantize(model, INT8, Networks.data(manager, 12, 4, 2), 2);

            Quantization.prepare(twin, INT8, Networks.IMAGE);
            Quantization.calibrate(twin, Networks.data(twin.getNDManager(), 12, 4, 2), 2);
            Quantization.convert(twin);
            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
            assertThat(Networks.outputs(model.getBlock(), manager, test))
                    .isEqualTo(Networks.outputs(twin.getBlock(), manager, test));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8-weight-only", "nf4-weight-only", "fp8-e4m3"})
    void recipesThatNeedNoDataGetAlongWithoutIt(String preset) {
        try (Model model = Networks.model(1);
                Model plain = Networks.model(1)) {
            NDManager manager = model.getNDManager();
            NDList test = Networks.images(manager, 5, 3);

            Quantization.quantize(model, Presets.named(preset));

            assertThat(Networks.outputs(model.getBlock(), manager, test))
                    .isNotEqualTo(Networks.outputs(plain.getBlock(), manager, test));
        }
    }

    @Test
    void activationsWithoutDataAreRefusedAndTheModelStays() {
        try (Model model = Networks.model(1)) {
            Block before = model.getBlock();

            assertThatThrownBy(() -> Quantization.quantize(model, INT8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"int8\" chooses the ranges of 2 activations")
                    .hasMessageContaining("from data")
                    .hasMessageContaining("int8-weight-only");
            assertThat(model.getBlock()).isSameAs(before);
            assertThatThrownBy(
                            () ->
                                    Quantization.quantize(
                                            model,
                                            INT8,
                                            Networks.data(model.getNDManager(), 4, 4, 2),
                                            0))
                    .hasMessageContaining("must be at least 1");
            assertThat(model.getBlock()).isSameAs(before);
        }
    }

    @Test
    void whatIsRefusedLeavesNothingInNativeMemory() throws Exception {
        Path file = Networks.saveTorchScript(folder.resolve("net.pt"), 1);
        try (Model block = Networks.model(1);
                Model script = Model.newInstance("net", "PyTorch")) {
            script.load(file);
            for (Model model : List.of(block, script)) {
                NDManager manager = model.getNDManager();
                int before = manager.getManagedArrays().size();
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> Quantization.quantize(model, INT8))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThat(manager.getManagedArrays()).hasSize(before);
                }
            }
        }
    }

    @Test
    void aBlockOfUnknownInputsNeedsTheirShapes() {
        try (Model model = Model.newInstance("new", "PyTorch")) {
            assertThatThrownBy(() -> Quantization.quantize(model, INT8))
                    .hasMessageContaining("no block");
            model.setBlock(Networks.block());
            assertThatThrownBy(
                            () -> Quantization.quantize(model, Presets.named("int8-weight-only")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("shapes of the inputs of the model new are unknown");

            Quantization.quantize(model, Presets.named("int8-weight-only"), Networks.IMAGE);

            assertThat(model.getBlock()).isInstanceOf(ConvertedBlock.class);
        }
    }

    @Test
    void aTorchScriptModelIsQuantizedInPlace() throws Exception {
        Path file = Networks.saveTorchScript(folder.resolve("net.pt"), 1);
        TorchScriptQuantization.prepare(file, INT8, folder.resolve("prepared.pt"));
        try (Model model = Model.newInstance("net", "PyTorch");
                Model prepared = TorchScriptQuantization.load(folder.resolve("prepared.pt"))) {
            model.load(file);
            NDManager manager = model.getNDManager();
            NDList test = Networks.images(manager, 5, 3);
            float[] plain = Networks.outputs(model.getBlock(), manager, test);

            Quantization.quantize(model, INT8, Networks.batches(manager), new Shape[0]);

            TorchScriptQuantization.calibrate(prepared, Networks.batches(prepared.getNDManager()));
            assertThat(model.getBlock()).isInstanceOf(SymbolBlock.class);
            assertThat(Networks.outputs(model.getBlock(), manager, test))
                    .isEqualTo(Networks.outputs(prepared.getBlock(), manager, test))
                    .isNotEqualTo(plain);
        }
    }

    @Test
    void aTorchScriptModelWithoutDataKeepsItsBlock() throws Exception {
        Path file = Networks.saveTorchScript(folder.resolve("net.pt"), 1);
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.load(file);
            Block before = model.getBlock();
            NDList test = Networks.images(model.getNDManager(), 5, 3);
            float[] plain = Networks.outputs(before, model.getNDManager(), test);

            assertThatThrownBy(() -> Quantization.quantize(model, INT8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("from data");

            assertThat(model.getBlock()).isSameAs(before);
            assertThat(Networks.outputs(before, model.getNDManager(), test)).isEqualTo(plain);
            Quantization.quantize(model, Presets.named("int8-weight-only"));
            assertThat(Networks.outputs(model.getBlock(), model.getNDManager(), test))
                    .isNotEqualTo(plain);
        }
    }

    @Test
    void whatIsQuantizedAlreadyIsRefused() {
        try (Model model = Networks.model(1)) {
            QuantizedBlock prepared = Quantization.prepare(model, INT8, Networks.IMAGE);

            assertThatThrownBy(() -> Quantization.quantize(model, INT8, List.of(), Networks.IMAGE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prepared already");
            assertThat(model.getBlock()).isSameAs(prepared);
        }
    }
}
