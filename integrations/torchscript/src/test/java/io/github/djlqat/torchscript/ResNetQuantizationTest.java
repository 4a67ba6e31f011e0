package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                            .mapToObj(i -> new NDList(training.batch(manager, 64 * i, 64 * i + 64)))
                            .toList();
            assertThat(TorchScriptQuantization.calibrate(model, inputs)).isEmpty();
        }
    }

    @Test
    void wideActivationsKeepTheAccuracy() throws IOException {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(MODEL, Presets.named("w8a16"), prepared);
        try (Model model = TorchScriptQuantization.load(prepared)) {
            calibrate(model, 4);

            assertThat(right(model)).isBetween(913, 917);
        }
    }

    @Test
    void eightBitsKeepTheAccuracy() throws IOException {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(MODEL, Presets.named("int8"), prepared);
        Path converted = folder.resolve("converted.pt");
        try (Model model = TorchScriptQuantization.load(prepared)) {
            assertThat(right(model)).isEqualTo(915);
            calibrate(model, 10);

            int quantized = right(model);

            assertThat(quantized).isBetween(910, 920);
            TorchScriptQuantization.convert(model).write(converted);
            TorchScriptQuantization.setMode(model, QuantizerMode.FLOAT);
            assertThat(right(model)).isEqualTo(915);
            TorchScriptQuantization.setMode(model, QuantizerMode.QUANTIZE);
            assertSame(model, converted);
        }
    }

    /**
     * Four bits lose three points after calibration, which is what there is to win; at three bits
     * there is more.
     */
    @ParameterizedTest
    @CsvSource({"w4a4, 10", "w3a3, 50"})
    void trainingImproves(String recipe, int images) throws IOException, TranslateException {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(MODEL, Presets.named(recipe), prepared);
        Path trained = folder.resolve("trained.pt");
        try (Model model = TorchScriptQuantization.load(prepared)) {
            calibrate(model, 10);
            int before = right(model);
            Map<String, float[]> parameters = parameters(model);

            train(model, Integer.getInteger("torchscript.images", 1920));

            int after = right(model);
            parameters(model)
                    .forEach(
                            (name, values) ->
                                    assertThat(values).as(name).isNotEqualTo(parameters.get(name)));
            assertThat(after - before).isGreaterThanOrEqualTo(images);
            TorchScriptQuantization.save(model).write(trained);
            assertSame(model, trained);
            TorchScriptQuantization.convert(model).write(trained);
            assertSame(model, trained);
        }
    }

    private static void assertSame(Model model, Path saved) throws IOException {
        try (Model loaded = TorchScriptQuantization.load(saved);
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray images = new CifarImages("test_batch").batch(manager, 0, 50);
            assertThat(logits(loaded, manager, images).toFloatArray())
                    .isEqualTo(logits(model, manager, images).toFloatArray());
        }
    }

    static Map<String, float[]> parameters(Model model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.getBlock()
                .getParameters()
                .forEach(
                        pair ->
                                values.put(
                                        pair.getKey(), pair.getValue().getArray().toFloatArray()));
        return values;
    }

    static void train(Model model, int count) throws IOException, TranslateException {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            CifarImages images = new CifarImages("data_batch_1");
            Dataset data =
                    new ArrayDataset.Builder()
                            .setData(images.batch(manager, 0, count))
                            .optLabels(manager.create(images.labels(0, count)))
                            .setSampling(64, true)
                            .build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(2e-4f))
                                            .build())
                            .optDevices(new Device[] {Device.cpu()});
            model.getNDManager().getEngine().setRandomSeed(1);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(64, 3, 32, 32));
                EasyTrain.fit(trainer, 1, data, null);
            }
        }
    }
}
