package io.github.djlqat.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.ModelSource;
import io.github.djlqat.workflow.model.ScriptModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a report shows of a TorchScript file is what the file computes with. */
class QuantizedScriptTest {

    private static final Path MODELS =
            Path.of("..", "torchscript", "src", "test", "resources", "lift");
    private static final Path OWN =
            Path.of("src", "test", "resources", "io", "github", "djlqat", "workflow", "fork");

    @TempDir private Path folder;

    /** Each model runs a few times only, and optimizing it first takes longer than that. */
    @BeforeAll
    static void runUnoptimized() {
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false);
    }

    @AfterAll
    static void runOptimized() {
        JniUtils.setGraphExecutorOptimize(true);
    }

    private static NDList batch(NDManager manager, String sizes) {
        Shape shape = new Shape(8);
        for (String size : sizes.split(" ")) {
            shape = shape.add(Long.parseLong(size));
        }
        float[] values = new float[(int) shape.size()];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (NDArray array = manager.create(values, shape)) {
            return new NDList(array.duplicate());
        }
    }

    /** Prepares, calibrates and writes a model, converted or as it is then. */
    private ScriptModel quantized(Path file, Recipe recipe, NDList batch, boolean converted)
            throws Exception {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(file, recipe, prepared);
        try (Model model = TorchScriptQuantization.load(prepared)) {
            TorchScriptQuantization.calibrate(model, List.of(batch));
            Path written = folder.resolve("quantized.pt");
            (converted
                            ? TorchScriptQuantization.convert(model)
                            : TorchScriptQuantization.save(model))
                    .write(written);
            return open(written);
        }
    }

    private static ScriptModel open(Path file) throws Exception {
        return new ScriptModel(file, TorchScriptArchive.read(file), List.of());
    }

    /** In floating point on the same rounded tensors, biases as they are. */
    @ParameterizedTest
    @CsvSource({
        "mlp_trace, 6, int8, false",
        "mlp_script, 6, w4a4, true",
        "residual_trace, 3 8 8, w4a4, true",
        "residual_script, 3 8 8, w2a2, false",
        "separable_trace, 4 9 9, int8, true",
        "separable_trace, 4 9 9, w4a4, false",
        "attention_trace, 5 16, int8, true",
        "residual_trace, 3 8 8, int8-weight-only, true"
    })
    void whatIsLiftedComputesWhatTheFileDoes(
            String name, String sizes, String recipe, boolean converted) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList batch = batch(manager, sizes);
            try (ScriptModel script =
                            quantized(
                                    MODELS.resolve(name + ".pt"),
                                    Presets.named(recipe),
                                    batch,
                                    converted);
                    QuantizedScript.Lifted lifted = QuantizedScript.lift(script, null, batch)) {
                assertThat(lifted.difference()).isLessThan(1e-6);
                assertThat(lifted.model().prepared()).isPresent();
            }
        }
    }

    @Test
    void layersThatAreNotSeenAreNamed() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList batch = batch(manager, "7 5");
            Path file = MODELS.resolve("recurrent_trace.pt");
            try (ScriptModel script = quantized(file, Presets.named("int8"), batch, true)) {
                assertThatThrownBy(() -> QuantizedScript.lift(script, null, batch))
                        .hasMessageContaining("no layer to quantize")
                        .hasMessageContaining("lstm");
            }
            Recipe products =
                    Presets.named("int8")
                            .withRules(
                                    List.of(
                                            new Rule(
                                                    null,
                                                    "matMul",
                                                    null,
                                                    false,
                                                    null,
                                                    Presets.named("int8").activations())));
            NDList words = batch(manager, "5 16");
            Path attention = MODELS.resolve("attention_trace.pt");
            try (ScriptModel script = quantized(attention, products, words, true)) {
                assertThatThrownBy(() -> QuantizedScript.lift(script, null, words))
                        .hasMessageContaining("matMul is no layer with a weight of its own");
            }
        }
    }

    /** Its quantizers are there, and do nothing yet. */
    @Test
    void aModelBeforeCalibrationIsNotShownAsQuantized() throws Exception {
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(
                OWN.resolve("classifier.pt"), Presets.named("w4a4"), prepared);
        ReportResult result = report(prepared, null);
        assertThat(result.layers()).isZero();
        assertThat(result.notes())
                .singleElement()
                .asString()
                .contains("prepared.pt are not shown", "calibrated and converted models are legal");
        assertThat(Files.readString(folder.resolve("report.json"))).contains("are not shown");
    }

    @Test
    void aReportTellsTheFilesOwnScalesAndTheErrorOfTheWeightsBefore() throws Exception {
        Path recipe = folder.resolve("mine.yaml");
        Files.writeString(
                recipe,
                "name: mine\nweights: {format: int4, narrowRange: true}\n"
                        + "activations: {format: uint8, observer: min-max}\n");
        Path given = OWN.resolve("classifier.pt");
        Path output = folder.resolve("int4.pt");
        DataSource data = DataSource.of(OWN.resolve("samples.npz"));
        new QuantizeTask()
                .run(
                        new QuantizeRequest(
                                ModelSource.of(given),
                                recipe.toString(),
                                data,
                                new Calibration(64, 256),
                                output),
                        Progress.NONE);
        ReportResult result = report(output, given);
        assertThat(result.notes()).isEmpty();
        assertThat(result.layers()).isEqualTo(2);
        JsonNode report = json();
        assertThat(report.get("notes").get(0).asText())
                .contains("The layers of int4.pt", "Its outputs are the file's to the last bit.");
        JsonNode hidden = report.get("layers").get(0);
        assertThat(hidden.get("name").asText()).isEqualTo("hidden");
        assertThat(hidden.get("weight").get("scales").asInt()).isEqualTo(24);
        assertThat(hidden.get("weight").get("sqnr").asDouble())
                .isCloseTo(decibels(given, "hidden.weight"), within(1e-3));
        // The inputs' range, and all of the values in it.
        float[] inputs = inputs(data);
        float least = Float.MAX_VALUE;
        float greatest = -Float.MAX_VALUE;
        for (float value : inputs) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        assertThat(hidden.get("input").get("smallestScale").asDouble())
                .isCloseTo((greatest - least) / 255, within(1e-6));
        long counted = 0;
        for (JsonNode count : report.get("histograms").get(0).get("counts")) {
            counted += count.asLong();
        }
        assertThat(counted).isEqualTo(inputs.length);
        // Without the model before, the file's weights are on their levels and lose nothing more.
        report(output, null);
        JsonNode alone = json().get("layers").get(0);
        assertThat(alone.get("weight").has("sqnr")).isFalse();
        assertThat(alone.get("input")).isEqualTo(hidden.get("input"));
    }

    private ReportResult report(Path model, @Nullable Path reference) {
        return new ReportTask()
                .run(
                        new ReportRequest(
                                null,
                                reference == null ? null : ModelSource.of(reference),
                                List.of(ModelSource.of(model)),
                                DataSource.of(OWN.resolve("samples.npz")),
                                256,
                                64,
                                0,
                                null,
                                folder.resolve("report.json"),
                                null),
                        Progress.NONE);
    }

    private JsonNode json() throws Exception {
        return Json.mapper().readTree(folder.resolve("report.json").toFile());
    }

    private static float[] inputs(DataSource data) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Samples samples = SampleReaders.read(data);
            int[] all = IntStream.range(0, samples.size()).toArray();
            return samples.inputs().get(0).batch(manager, all).toFloatArray();
        }
    }

    /** The signal-to-noise ratio of rows rounded to 15 levels, from the weight itself. */
    private static double decibels(Path file, String name) throws Exception {
        try (Model model = TorchScriptQuantization.load(file)) {
            NDArray weight = model.getBlock().getParameters().get(name).getArray();
            float[] values = weight.toFloatArray();
            int width = (int) weight.getShape().get(1);
            double signal = 0;
            double noise = 0;
            for (int row = 0; row < values.length / width; row++) {
                float largest = 0;
                for (int i = row * width; i < (row + 1) * width; i++) {
                    largest = Math.max(largest, Math.abs(values[i]));
                }
                float scale = largest / 7;
                for (int i = row * width; i < (row + 1) * width; i++) {
                    double rounded = Math.rint(values[i] / scale) * scale;
                    signal += (double) values[i] * values[i];
                    noise += (values[i] - rounded) * (values[i] - rounded);
                }
            }
            return 10 * Math.log10(signal / noise);
        }
    }
}
