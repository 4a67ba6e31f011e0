package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ResNet-20 as its Python traced it, on CIFAR-10. */
class ResNetQuantizationTest {

    private static final Path MODEL = Path.of("../../../shared/data/resnet20/resnet20.pt");

    @TempDir private Path folder;

    @BeforeAll
    static void requireData() {
        assumeTrue(Files.exists(MODEL) && Files.exists(CifarImages.FOLDER));
    }

    static int right(Model model) {
        CifarImages test = new CifarImages("test_batch");
        int right = 0;
        for (int from = 0; from < 1000; from += 100) {
            try (NDManager manager = model.getNDManager().newSubManager()) {
                NDArray images = test.batch(manager, from, from + 100);
                right += test.right(from, logits(model, manager, images));
            }
        }
        return right;
    }

    static NDArray logits(Model model, NDManager manager, NDArray images) {
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(images), false)
                .singletonOrThrow();
    }

    static void calibrate(Model model, int batches) {
        CifarImages training = new CifarImages("data_batch_1");
        try (NDManager manager = model.getNDManager().newSubManager()) {
            List<NDList> inputs =
                    IntStream.range(0, batches)
                            .mapToObj(
                                    i ->
                                            new NDList(
                                                    training.batch(manager, 64 * i, 64 * i + 64)))
                            .toList();
            assertThat(TorchScriptQuantization.calibrate(model, inputs)).isEmpty();
        }
    }

    @Test
    void eightBitsKeepTheAccuracy() throws IOException {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(MODEL, Presets.named("int8"), prepared);
        Path converted = folder.resolve("converted.pt");
        int quantized;
        try (Model model = TorchScriptQuantization.load(prepared)) {
            assertThat(right(model)).isEqualTo(915);
            calibrate(model, 10);

            quantized = right(model);

            assertThat(quantized).isBetween(910, 920);
            TorchScriptQuantization.convert(model).write(converted);
            TorchScriptQuantization.setMode(model, QuantizerMode.FLOAT);
            assertThat(right(model)).isEqualTo(915);
            TorchScriptQuantization.setMode(model, QuantizerMode.QUANTIZE);
            try (Model loaded = TorchScriptQuantization.load(converted);
                    NDManager manager = model.getNDManager().newSubManager()) {
                NDArray images = new CifarImages("test_batch").batch(manager, 0, 50);
                assertThat(logits(loaded, manager, images).toFloatArray())
                        .isEqualTo(logits(model, manager, images).toFloatArray());
            }
        }
        System.out.println("W8A8 " + quantized);
    }
}
