package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forecasters of DJL's examples, whose traces call one LSTM in four methods. */
class DeepArTest {

    private static final Path FOLDER = Path.of("../../../shared/data/torchscript");

    @TempDir private Path folder;

    private static NDList inputs(NDManager manager, int categories, int past) {
        manager.getEngine().setRandomSeed(5);
        return new NDList(
                manager.zeros(new Shape(1, categories), DataType.INT64),
                manager.zeros(new Shape(1, 1)),
                manager.create(new float[0], new Shape(1, past, 0)),
                manager.randomUniform(1, 2, new Shape(1, past)),
                manager.ones(new Shape(1, past)),
                manager.create(new float[0], new Shape(1, 4, 0)));
    }

    private static float[] run(Model model, int categories, int past) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDList inputs = inputs(manager, categories, past);
            return model.getBlock()
                    .forward(new ParameterStore(manager, false), inputs, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"133741, 1, 161", "806789, 5, 1097"})
    void floatModeIsTheOriginal(String number, int categories, int past) throws IOException {
        Path file = FOLDER.resolve("djl_deepar_" + number + ".pt");
        assumeTrue(Files.exists(file));
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(file, Presets.named("int8"), prepared);
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = TorchScriptQuantization.load(prepared);
                NDManager manager = model.getNDManager().newSubManager()) {
            float[] expected = run(plain, categories, past);
            assertThat(run(model, categories, past)).isNotEmpty().isEqualTo(expected);

            List<String> unseen =
                    TorchScriptQuantization.calibrate(
                            model, List.of(inputs(manager, categories, past)));

            assertThat(unseen).isEmpty();
            assertThat(QuantizerState.all(TorchScriptQuantization.save(model).data()))
                    .hasSizeGreaterThanOrEqualTo(8)
                    .allMatch(quantizer -> quantizer.mode() == QuantizerMode.TRAIN.number());
            assertThat(run(model, categories, past)).hasSameSizeAs(expected);
            TorchScriptQuantization.setMode(model, QuantizerMode.FLOAT);
            assertThat(run(model, categories, past)).isEqualTo(expected);
        }
    }
}
