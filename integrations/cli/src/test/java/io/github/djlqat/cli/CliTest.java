package io.github.djlqat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs each command from end to end. */
class CliTest {

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void makeModels() throws Exception {
        Fixture.write(shared);
    }

    private static String in(String name) {
        return shared.resolve(name).toString();
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    /** Runs a command that succeeds, and returns its JSON. */
    private static JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Outcome outcome = Outcome.of(all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome.json();
    }

    private static double accuracy(String model, String... more) {
        List<String> all = new ArrayList<>(List.of("evaluate", model, "--data", in("test.npz")));
        all.addAll(List.of(more));
        return json(all.toArray(String[]::new)).get("value").asDouble();
    }

    private static JsonNode same(String first, String second) {
        return json("compare", first, second, "-d", in("test.npz"), "--runs", "0");
    }

    @Test
    void inspectTellsLayersOfBlocks() {
        JsonNode found = json("inspect", in("digits"));
        assertThat(found.get("format").asText()).isEqualTo("djl");
        assertThat(found.get("state").asText()).isEqualTo("float");
        assertThat(found.get("inputShapes").toString()).isEqualTo("[[1,1,8,8]]");
        assertThat(found.get("layers").findValuesAsText("op"))
                .containsExactly(
                        "convolution",
                        "convolution",
                        "convolution",
                        "add",
                        "convolution",
                        "globalAvgPool",
                        "linear");
        // convolutions 1-16, 16-16 twice and 16-32 without biases, five BatchNorms, linear 32-10
        long convolutions = 9 * (16 + 2 * 16 * 16 + 16 * 32);
        long norms = 4 * (16 + 2 * 16 + 32);
        assertThat(found.get("parameters").asLong()).isEqualTo(convolutions + norms + 330);
    }

    @Test
    void inspectTellsLayersOfTorchScript() {
        JsonNode found = json("inspect", in("digits.pt"));
        assertThat(found.get("layers").findValuesAsText("op"))
                .containsExactly("convolution", "convolution", "linear");
        assertThat(found.get("parameters").asLong()).isEqualTo(160 + 4640 + 330);
    }

    @Test
    void inspectListsTensorsOfWeightsAlone() {
        Outcome outcome = Outcome.of("inspect", in("digits.safetensors"), "--tensors");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("32x16x3x3").contains("safetensors");
    }

    @Test
    void printedRecipesReadBackAsThemselves() throws IOException {
        for (String name : Presets.names()) {
            for (String ending : List.of("yaml", "json")) {
                Outcome outcome =
                        ending.equals("yaml")
                                ? Outcome.of("recipe", "print", name)
                                : Outcome.of("recipe", "print", name, "--json");
                Path file = folder.resolve("recipe." + ending);
                Files.writeString(file, outcome.out());
                assertThat(RecipeReader.read(file)).isEqualTo(Presets.named(name));
                assertThat(Outcome.of("recipe", "validate", file.toString()).code()).isZero();
            }
        }
    }

    @Test
    void explainNamesTheRuleThatWins() throws IOException {
        Path recipe = folder.resolve("mine.yaml");
        Files.writeString(
                recipe,
                """
                name: mine
                weights: {format: int4, narrowRange: true}
                activations: {format: uint4}
                elementwise: {format: uint8}
                rules:
                  - {position: first, weights: {format: int8, narrowRange: true}}
                  - {name: "*linear*", exclude: true}
                  - {op: add, exclude: true}
                """);
        JsonNode layers = json("recipe", "explain", recipe.toString(), in("digits")).get("layers");
        JsonNode first = layers.get(0);
        assertThat(first.get("weights").asText()).startsWith("int8 (narrow) symmetric");
        assertThat(first.get("activations").asText()).startsWith("uint4 affine");
        assertThat(first.get("rules").toString()).isEqualTo("[1]");
        assertThat(layers.get(1).get("rules").toString()).isEqualTo("[]");
        JsonNode add = layers.get(3);
        assertThat(add.get("activations").asText()).isEqualTo("float32");
        assertThat(add.get("rules").toString()).isEqualTo("[3]");
        JsonNode last = layers.get(6);
        assertThat(last.get("weights").asText()).isEqualTo("float32");
        assertThat(last.get("why").asText()).isEqualTo("rule 2 (name: *linear*, exclude)");
    }

    @ParameterizedTest
    @CsvSource({"digits, int8, int8", "digits.pt, int8.pt, int8"})
    void calibratedModelsQuantizeAsTheyDoAtOnce(String model, String output, String recipe) {
        json("quantize", in(model), "-r", recipe, "-d", in("train.npz"), "-o", out("x" + output));
        json("calibrate", in(model), "-r", recipe, "-d", in("train.npz"), "-o", out("c" + output));
        JsonNode calibrated = json("inspect", out("c" + output));
        assertThat(calibrated.get("state").asText()).isEqualTo("prepared");
        json("quantize", out("c" + output), "-o", out("y" + output));
        JsonNode same = same(out("x" + output), out("y" + output));
        assertThat(same.get("maxDifference").asDouble()).isZero();
        assertThat(accuracy(out("x" + output))).isGreaterThan(accuracy(in(model)) - 0.02);
    }

    @Test
    void quantizedFoldersAreOpenedAsWhatTheyWere() {
        json("quantize", in("digits"), "-r", "w4a4", "-d", in("train.npz"), "-o", out("w4a4"));
        JsonNode found = json("inspect", out("w4a4"));
        assertThat(found.get("state").asText()).isEqualTo("converted");
        assertThat(found.get("recipe").asText()).isEqualTo("w4a4");
        json("export", out("w4a4"), "-o", out("w4a4.onnx"));
        JsonNode compared =
                json("compare", out("w4a4"), out("w4a4.onnx"), "-d", in("test.npz"), "--runs", "3");
        assertThat(compared.get("maxDifference").asDouble()).isLessThan(1e-4);
        assertThat(compared.get("agreement").asDouble()).isEqualTo(1);
        assertThat(compared.get("second").get("medianMillis").asDouble()).isPositive();
        // four bits a weight, of which the folder keeps 32
        assertThat(compared.get("second").get("bytes").asLong())
                .isLessThan(compared.get("first").get("bytes").asLong());
    }

    @Test
    void weightsInSafetensorsAreQuantizedWithTheirBlock() {
        json(
                "quantize",
                in("digits.safetensors"),
                "--block-factory",
                Fixture.NETWORK,
                "--input-shape",
                "1x8x8",
                "-r",
                "int8",
                "-d",
                in("train.npz"),
                "-o",
                out("int8.onnx"));
        json("quantize", in("digits"), "-r", "int8", "-d", in("train.npz"), "-o", out("b.onnx"));
        JsonNode same = same(out("int8.onnx"), out("b.onnx"));
        assertThat(same.get("maxDifference").asDouble()).isZero();
    }

    @Test
    void recipesOfWeightsAloneNeedNoData() {
        json("quantize", in("digits"), "-r", "int8-weight-only", "-o", out("weights"));
        json("quantize", in("digits.pt"), "-r", "int8-weight-only", "-o", out("weights.pt"));
        assertThat(accuracy(out("weights"))).isGreaterThan(accuracy(in("digits")) - 0.02);
        assertThat(accuracy(out("weights.pt"))).isGreaterThan(accuracy(in("digits.pt")) - 0.02);
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits.pt", "digits"})
    void trainingRecoversWhatFewBitsLose(String model) {
        String output = out(model.equals("digits") ? "w2a2" : "w3a3.pt");
        JsonNode trained =
                json(
                        "train",
                        in(model),
                        "-r",
                        model.equals("digits") ? "w2a2" : "w3a3",
                        "-d",
                        in("train.npz"),
                        "--validation",
                        in("test.npz"),
                        "--epochs",
                        "2",
                        "--learning-rate",
                        "0.005",
                        "-o",
                        output);
        assertThat(trained.get("epochs")).hasSize(2);
        double after = trained.get("trainedValue").asDouble();
        assertThat(after).isGreaterThan(trained.get("calibratedValue").asDouble() + 0.02);
        assertThat(accuracy(output)).isEqualTo(after);
        assertThat(trained.get("floatValue").asDouble()).isEqualTo(accuracy(in(model)));
    }

    @Test
    void exportsComputeWhatTheModelDoes() {
        for (String name : List.of("digits.onnx", "exported.pt", "copy")) {
            json("export", in("digits"), "-o", out(name));
            JsonNode same = same(in("digits"), out(name));
            assertThat(same.get("maxDifference").asDouble()).as(name).isLessThan(1e-4);
        }
        json("export", in("digits.pt"), "-o", out("weights.safetensors"));
        JsonNode tensors = json("inspect", out("weights.safetensors")).get("tensors");
        assertThat(tensors.findValuesAsText("name")).contains("0.weight", "7.bias");
    }

    @Test
    void torchScriptBecomesOnnx() {
        json("export", in("digits.pt"), "--input-shape", "1x8x8", "-o", out("float.onnx"));
        assertThat(same(in("digits.pt"), out("float.onnx")).get("maxDifference").asDouble())
                .isLessThan(1e-4);
        json("quantize", in("digits.pt"), "-r", "int8", "-d", in("train.npz"), "-o", out("q.onnx"));
        assertThat(accuracy(out("q.onnx"))).isGreaterThan(accuracy(in("digits.pt")) - 0.02);
    }

    @Test
    void aModelBelowItsBaselineFails() throws IOException {
        String baseline = out("baseline.json");
        double value = accuracy(in("digits"), "--write-baseline", baseline);
        assertThat(accuracy(in("digits"), "--baseline", baseline)).isEqualTo(value);
        Files.writeString(
                Path.of(baseline), "{\"metric\": \"top1\", \"value\": " + (value + 0.005) + "}");
        String[] evaluate = {
            "evaluate", in("digits"), "-d", in("test.npz"), "--baseline", baseline, "--json"
        };
        Outcome failed = Outcome.of(evaluate);
        assertThat(failed.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(failed.json().get("passed").asBoolean()).isFalse();
        accuracy(in("digits"), "--baseline", baseline, "--tolerance", "0.01");
    }

    @Test
    void modelsThatDifferTooMuchFail() {
        json("quantize", in("digits"), "-r", "w2a2", "-d", in("train.npz"), "-o", out("w2a2"));
        String[] compare = {
            "compare", in("digits"), out("w2a2"), "-d", in("test.npz"), "--max-drop", "0.05"
        };
        Outcome outcome = Outcome.of(compare);
        assertThat(outcome.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(outcome.out()).contains("FAILED: drop of top1");
    }

    @Test
    void searchedRecipesKeepTheirBudget() {
        String recipe = out("mixed.yaml");
        JsonNode found =
                json(
                        "search",
                        in("digits"),
                        "-d",
                        in("train.npz"),
                        "--average-bits",
                        "5",
                        "--bits",
                        "4,8",
                        "--calibration-samples",
                        "64",
                        "-o",
                        recipe);
        assertThat(found.get("budget")).hasSize(2);
        for (JsonNode limit : found.get("budget")) {
            assertThat(limit.get("limit").asDouble()).isEqualTo(5);
            assertThat(limit.get("value").asDouble()).isBetween(4.0, 5.0);
        }
        JsonNode explained = json("recipe", "explain", recipe, in("digits"));
        assertThat(explained.get("averageWeightBits").asDouble())
                .isEqualTo(found.get("budget").get(0).get("value").asDouble());
        List<String> bits = new ArrayList<>();
        found.get("layers").forEach(layer -> bits.add(layer.asText()));
        assertThat(bits).hasSize(5).contains("w8a8").isSubsetOf("w4a4", "w4a8", "w8a4", "w8a8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train digits", "train digits.pt", "quantize digits.pt"})
    void aBudgetIsSearchedAndKeptInOneCommand(String line) throws IOException {
        String[] words = line.split(" ");
        String[] few = {"-d", in("train.npz"), "--limit", "96", "--calibration-samples", "32"};
        String[] budget = {"--average-bits", "5", "--bits", "4,8"};
        String output = out(words[1].replace("digits", "mixed"));
        Path recipe = Path.of(out("mixed.recipe.yaml"));
        JsonNode made = run(List.of(words[0], in(words[1]), "-o", output), few, budget);
        JsonNode search = made.get("search");
        assertThat(search.get("output").asText()).isEqualTo(recipe.toString());
        for (JsonNode limit : search.get("budget")) {
            assertThat(limit.get("value").asDouble()).isBetween(4.0, 5.0);
        }
        // The recipe is that of a search by itself, and the output what comes of it.
        run(List.of("search", in(words[1]), "-o", out("alone.yaml")), few, budget);
        assertThat(recipe).hasSameTextualContentAs(Path.of(out("alone.yaml")));
        String again = out("again" + words[1]);
        run(List.of(words[0], in(words[1]), "-r", recipe.toString(), "-o", again), few);
        assertThat(same(output, again).get("maxDifference").asDouble()).isZero();
    }

    private static JsonNode run(List<String> command, String[]... options) {
        List<String> all = new ArrayList<>(command);
        for (String[] more : options) {
            all.addAll(List.of(more));
        }
        return json(all.toArray(String[]::new));
    }

    @Test
    void reportsShowLayersAndResults() throws IOException {
        json("quantize", in("digits"), "-r", "w4a4", "-d", in("train.npz"), "-o", out("w4a4"));
        JsonNode made =
                json(
                        "report",
                        out("w4a4"),
                        in("digits.pt"),
                        "--reference",
                        in("digits"),
                        "-d",
                        in("test.npz"),
                        "--runs",
                        "2",
                        "-o",
                        out("report.html"));
        // five with weights, an addition and a global average
        assertThat(made.get("layers").asInt()).isEqualTo(7);
        assertThat(made.get("models").findValuesAsText("format"))
                .containsExactly("djl", "djl", "torchscript");
        double value = made.get("models").get(1).get("value").asDouble();
        assertThat(value).isEqualTo(accuracy(out("w4a4")));
        String page = Files.readString(folder.resolve("report.html"));
        assertThat(page).contains("w4a4", String.format(Locale.ROOT, "%.1f", 100 * value));
    }

    @Test
    void progressAndResultsKeepApart() {
        Outcome loud = Outcome.of("evaluate", in("digits"), "-d", in("test.npz"));
        assertThat(loud.err()).startsWith("evaluate: 12/12");
        assertThat(loud.out()).contains("top1").doesNotContain("12/12");
        Outcome quiet = Outcome.of("evaluate", in("digits"), "-d", in("test.npz"), "-q");
        assertThat(quiet.err()).isEmpty();
    }

    @Test
    void interruptedWorkLeavesNothing() throws IOException {
        Thread.currentThread().interrupt();
        Outcome outcome =
                Outcome.of(
                        "train",
                        in("digits"),
                        "-r",
                        "w4a4",
                        "-d",
                        in("train.npz"),
                        "-o",
                        out("trained"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome.code()).isEqualTo(ExitCode.INTERRUPTED);
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void everyCommandHasHelpWithExamples() {
        for (String command :
                List.of(
                        "inspect",
                        "recipe",
                        "calibrate",
                        "quantize",
                        "train",
                        "evaluate",
                        "export",
                        "compare")) {
            Outcome help = Outcome.of(command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Usage: djl-qat " + command, "Examples:");
        }
        assertThat(Outcome.of("--version").out()).startsWith("djl-qat 0.1.0");
        assertThat(Outcome.of("generate-completion").out()).contains("complete", "quantize");
    }
}
