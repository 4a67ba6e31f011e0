package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other people's files may hold: each is quantized, or refused by place and name. */
class UnusualModelsTest {

    /** What cannot be quantized, with what the message has to say. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "colliding_names_script",
                    "__torch__.py:26: the model's class Colliding has a method quantizer_modes",
                    "different_weights_script",
                    "__torch__.py:16 (Different.forward): torch.linear(x, w)",
                    "einsum_script",
                    "(Einsum.forward): torch.einsum(\"ij,jk->ik\", [x, w])",
                    "quantized_static_trace",
                    "quantizes nothing in this model",
                    "state_inside_multiplies_script",
                    "restores itself from a TupleValue",
                    "type_complex_script",
                    "w of w weight holds ComplexFloatStorage");

    /** What the program itself changes each time that it runs. */
    private static final List<String> CHANGING =
            List.of("attribute_reassigned_script", "weight_norm_spectral_trace");

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

    /** Products of two activations are quantized too. */
    private static Recipe recipe() {
        Recipe int8 = Presets.named("int8");
        return int8.withRules(
                List.of(new Rule(null, "matMul", null, false, null, int8.activations())));
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".pt", "");
    }

    private Model load(TorchScriptArchive archive) throws IOException {
        Path path = Files.createTempFile(folder, "model", ".pt");
        archive.write(path);
        return TorchScriptQuantization.load(path);
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.UnusualModels#files")
    void fileIsTheSameByteForByte(Path file) throws IOException {
        // This one was extended by another zip writer.
        assumeTrue(!name(file).equals("lite_interpreter"));

        assertThat(TorchScriptArchive.read(file).toByteArray()).isEqualTo(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.UnusualModels#files")
    void modelIsQuantizedTrainedAndConvertedOrRefused(Path file) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(file);
        String refusal = REFUSED.get(name(file));
        if (refusal != null) {
            assertThatThrownBy(() -> TorchScriptQuantization.prepare(archive, recipe()))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining(refusal);
            return;
        }
        TorchScriptArchive prepared = TorchScriptQuantization.prepare(archive, recipe());
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = load(prepared)) {
            List<float[]> expected = UnusualModels.run(plain, archive);
            assertSame(expected, UnusualModels.run(model, archive));
            TorchScriptQuantization.calibrate(model, () -> UnusualModels.run(model, archive));

            TorchScriptArchive converted = TorchScriptQuantization.convert(model);

            List<float[]> quantized = UnusualModels.run(model, archive);
            assertConvertedComputes(converted, archive, quantized);
            if (!CHANGING.contains(name(file))) {
                assertThat(UnusualModels.signalToNoise(expected, quantized)).isBetween(25.0, 90.0);
            }
            // Some cannot be trained as they are.
            boolean trains = trains(plain, archive);
            boolean trained = trains(model, archive);
            assertThat(trained || !trains).isTrue();
            TorchScriptArchive after = TorchScriptQuantization.convert(model);
            TorchScriptArchive saved = TorchScriptQuantization.save(model);
            List<float[]> adapted = UnusualModels.run(model, archive);
            if (trained && !CHANGING.contains(name(file))) {
                assertThat(UnusualModels.signalToNoise(quantized, adapted)).isLessThan(120);
            }
            assertConvertedComputes(after, archive, adapted);
            assertConvertedComputes(saved, archive, adapted);
        }
    }

    private void assertConvertedComputes(
            TorchScriptArchive converted, TorchScriptArchive archive, List<float[]> expected)
            throws IOException {
        assertThat(converted.withoutUnusedTensors().names()).isEqualTo(converted.names());
        try (Model loaded = load(converted)) {
            assertSame(expected, UnusualModels.run(loaded, archive));
        }
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual) {
        assertThat(actual).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }

    private static boolean trains(Model model, TorchScriptArchive archive) {
        try {
            UnusualModels.train(model, archive);
            return true;
        } catch (EngineException | IllegalStateException e) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.UnusualModels#files")
    void modelIsCastOrRefused(Path file) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(file);
        TorchScriptArchive prepared;
        try {
            prepared = TorchScriptAutocast.prepare(archive);
        } catch (TorchScriptException e) {
            assertThat(name(file))
                    .as(e.getMessage())
                    .isIn(
                            "colliding_names_script",
                            "quantized_static_trace",
                            "state_inside_multiplies_script");
            return;
        }
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = load(prepared)) {
            List<float[]> expected = UnusualModels.run(plain, archive);
            assertSame(expected, UnusualModels.run(model, archive));
            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);
            TorchScriptArchive saved = TorchScriptQuantization.save(model);

            List<float[]> cast = UnusualModels.run(model, archive);

            assertConvertedComputes(saved, archive, cast);
            if (!CHANGING.contains(name(file))) {
                // Eight significant bits, in layers that follow each other.
                assertThat(UnusualModels.signalToNoise(expected, cast)).isBetween(28.0, 90.0);
            }
        }
    }

    /** Sums may be added in another order, which shows in the last of eight bits. */
    @ParameterizedTest
    @MethodSource("goldenCasts")
    void castModelsComputeWhatPyTorchDoes(String name, float[] expected) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(UnusualModels.file(name));
        try (Model model = load(TorchScriptAutocast.prepare(archive))) {
            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);

            float[] actual = UnusualModels.run(model, archive).get(0);

            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(largest / 256));
            }
        }
    }

    static Stream<Arguments> goldenCasts() throws IOException {
        return Files.readAllLines(TestModels.resource("/unusual/autocast.txt")).stream()
                .map(line -> line.split(" "))
                .map(
                        words -> {
                            float[] values = new float[words.length - 1];
                            for (int i = 0; i < values.length; i++) {
                                values[i] = Float.parseFloat(words[i + 1]);
                            }
                            return Arguments.of(words[0], values);
                        });
    }

    /** Half precision is simulated on processors: its numbers have eleven bits. */
    @ParameterizedTest
    @ValueSource(strings = {"extra_files", "cells_script", "free_functions_script"})
    void halfPrecisionIsMorePreciseThanBfloat16(String name) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(UnusualModels.file(name));
        try (Model model = load(TorchScriptAutocast.prepare(archive))) {
            List<float[]> expected = UnusualModels.run(model, archive);
            TorchScriptAutocast.setType(model, AutocastType.BFLOAT16);
            double bfloat16 =
                    UnusualModels.signalToNoise(expected, UnusualModels.run(model, archive));

            TorchScriptAutocast.setType(model, AutocastType.FLOAT16);

            List<float[]> half = UnusualModels.run(model, archive);
            // Three more bits are 18 decibels; few numbers scatter.
            assertThat(UnusualModels.signalToNoise(expected, half))
                    .isBetween(bfloat16 + 8, bfloat16 + 28);
            if (name.equals("extra_files")) {
                for (float value : half.get(0)) {
                    assertThat(
                                    FloatCodec.round(
                                            FloatFormat.FLOAT16,
                                            value,
                                            Rounding.HALF_EVEN,
                                            Overflow.NON_FINITE))
                            .isEqualTo(value);
                }
            }
            UnusualModels.train(model, archive);
        }
    }

    @Test
    void arraysOfCalibrationAndTrainingAreReleased() throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(UnusualModels.file("conv_bn_script"));
        try (Model model = load(TorchScriptQuantization.prepare(archive, recipe()))) {
            BaseNDManager manager = (BaseNDManager) model.getNDManager();
            int before = manager.getManagedArrays().size();
            for (int i = 0; i < 5; i++) {
                try (NDManager scope = manager.newSubManager()) {
                    TorchScriptQuantization.calibrate(
                            model, List.of(UnusualModels.inputs(scope, archive)));
                }
                TorchScriptQuantization.setMode(model, QuantizerMode.TRAIN);
                TorchScriptQuantization.convert(model);
                TorchScriptQuantization.save(model);
                assertThat(manager.getManagedArrays()).hasSize(before);
            }
            List<Integer> counts = new ArrayList<>();
            UnusualModels.train(
                    model, archive, 6, () -> counts.add(manager.getManagedArrays().size()));
            assertThat(counts).hasSize(6).containsOnly(counts.get(0));
        }
    }

    /** With one scale for the tensor, channels share it as they do where BatchNorm is folded. */
    @ParameterizedTest
    @ValueSource(strings = {"conv_bn_trace", "conv_bn_script"})
    void weightsAreRoundedAsIfBatchNormWereFolded(String name) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(UnusualModels.file(name));
        TensorRecipe weights =
                ((TensorRecipe) Objects.requireNonNull(Presets.named("w4a4").weights()))
                        .withGranularity(Granularity.PER_TENSOR);
        Recipe recipe =
                new Recipe(
                        "folded",
                        weights,
                        null,
                        null,
                        List.of(),
                        new TrainingOptions(true, -1, -1));
        TorchScriptArchive prepared = TorchScriptQuantization.prepare(archive, recipe);
        try (Model plain = TorchScriptQuantization.load(UnusualModels.file(name));
                Model model = load(prepared)) {
            List<float[]> quantized = UnusualModels.run(model, archive);

            TorchScriptArchive converted = TorchScriptQuantization.convert(model);

            assertConvertedComputes(converted, archive, quantized);
            try (Model loaded = load(converted)) {
                for (String layer : List.of("conv.", "down.0.")) {
                    String norm = layer.equals("conv.") ? "bn." : "down.1.";
                    float[] weight = parameter(plain, layer + "weight");
                    float[] rounded = parameter(loaded, layer + "weight");
                    float[] gamma = parameter(plain, norm + "weight");
                    float[] variance = variance(archive, norm);
                    float[] factors = new float[gamma.length];
                    float largest = 0;
                    int inner = weight.length / gamma.length;
                    for (int i = 0; i < weight.length; i++) {
                        int channel = i / inner;
                        factors[channel] =
                                gamma[channel] / (float) Math.sqrt(variance[channel] + 1e-5f);
                        largest = Math.max(largest, Math.abs(weight[i] * factors[channel]));
                    }
                    float scale = scale(prepared, layer + "weight");
                    // The observer searches for the scale of least error, below that of the
                    // largest.
                    assertThat(scale).isBetween(largest / 7.5f / 2, largest / 7.5f * 1.08f);
                    for (int i = 0; i < weight.length; i++) {
                        float factor = factors[i / inner];
                        double code = Math.rint(weight[i] * factor / scale);
                        code = Math.max(weights.scheme().format().qmin(), code);
                        code = Math.min(weights.scheme().format().qmax(), code);
                        assertThat((double) rounded[i] * factor)
                                .isCloseTo(code * scale, within(1e-5 * largest));
                    }
                }
            }
            UnusualModels.train(model, archive);
            List<float[]> trained = UnusualModels.run(model, archive);
            assertConvertedComputes(TorchScriptQuantization.convert(model), archive, trained);
            assertConvertedComputes(TorchScriptQuantization.save(model), archive, trained);
        }
    }

    private static float scale(TorchScriptArchive prepared, String weight) {
        for (QuantizerState quantizer : QuantizerState.all(prepared.data())) {
            if (quantizer.tensor().equals(weight)
                    && quantizer.object().attribute("scale").orElse(null)
                            instanceof TensorValue scale) {
                return new FloatRecords(
                                StorageType.FLOAT, prepared.bytes("data/" + scale.storage().key()))
                        .get(0);
            }
        }
        throw new IllegalArgumentException(weight);
    }

    private static float[] variance(TorchScriptArchive archive, String norm) {
        StoredTensors tensors = new StoredTensors(archive);
        for (ModuleNode node : ModuleTree.of(Program.of(archive), archive.data()).all()) {
            if (norm.equals(node.name() + ".")) {
                Value.Origin origin = new Value.Origin(node, "running_var", -1);
                return tensors.read(tensors.require(origin, norm), origin);
            }
        }
        throw new IllegalArgumentException(norm);
    }

    /** A weight that something else computes with keeps its values when a model is converted. */
    @ParameterizedTest
    @CsvSource({
        "control_flow_script, one.weight",
        "script_class_script, lin.weight",
        "weights_zipped_script, a.weight",
        "tied_embedding_script, embed.weight"
    })
    void weightsUsedElsewhereAreNotRounded(String name, String weight) throws IOException {
        Path file = UnusualModels.file(name);
        TorchScriptArchive archive = TorchScriptArchive.read(file);
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = load(TorchScriptQuantization.prepare(archive, recipe()))) {
            TorchScriptQuantization.calibrate(model, () -> UnusualModels.run(model, archive));
            try (Model converted = load(TorchScriptQuantization.convert(model))) {
                assertThat(parameter(converted, weight)).isEqualTo(parameter(plain, weight));
            }
        }
    }

    private static float[] parameter(Model model, String name) {
        return model.getBlock().getParameters().get(name).getArray().toFloatArray();
    }

    @Test
    void attributesOfTheModelKeepTheirNames() throws IOException {
        TorchScriptArchive archive =
                TorchScriptArchive.read(UnusualModels.file("colliding_names_script"));
        String source = archive.text("code/__torch__.py");
        TorchScriptArchive free =
                archive.with(
                        "code/__torch__.py",
                        source.replace("quantizer_modes", "modes")
                                .replace("autocast_type", "change"));
        try (Model plain = load(free);
                Model quantized = load(TorchScriptQuantization.prepare(free, recipe()));
                Model cast = load(TorchScriptAutocast.prepare(free))) {
            List<float[]> expected = UnusualModels.run(plain, archive);
            assertSame(expected, UnusualModels.run(quantized, archive));
            assertSame(expected, UnusualModels.run(cast, archive));
            TorchScriptQuantization.calibrate(
                    quantized, () -> UnusualModels.run(quantized, archive));
            TorchScriptAutocast.setType(cast, AutocastType.BFLOAT16);
            assertThat(UnusualModels.signalToNoise(expected, UnusualModels.run(quantized, archive)))
                    .isBetween(25.0, 90.0);
            assertThat(UnusualModels.signalToNoise(expected, UnusualModels.run(cast, archive)))
                    .isBetween(28.0, 90.0);
        }
    }

    @Test
    void otherByteOrderIsRefused() throws IOException {
        TorchScriptArchive archive =
                TorchScriptArchive.read(UnusualModels.file("containers_script"))
                        .with("byteorder", "big");

        assertThatThrownBy(() -> TorchScriptQuantization.prepare(archive, recipe()))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("\"big\"");
    }
}
