package io.github.djlqat.samples.imageclassification;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.djlqat.recipe.RecipeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageClassificationTest {

    private static final int TRAIN = 64;
    private static final int TEST = 20;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir private Path folder;

    @Test
    void trainsQuantizesFineTunesAndRepeatsItselfForASeed() throws IOException {
        writeMnist(folder);
        List<JsonNode> results = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            Path results1 = folder.resolve(name);
            assertThat(
                            run(
                                    "--data",
                                    folder.toString(),
                                    "--recipe",
                                    "int8,w4a4",
                                    "--fp32-epochs",
                                    "1",
                                    "--epochs",
                                    "1",
                                    "--batch-size",
                                    "16",
                                    "--distill",
                                    "--out",
                                    results1.toString()))
                    .describedAs(err.toString(StandardCharsets.UTF_8))
                    .isZero();
            JsonNode rows = rows(results1);
            for (JsonNode row : rows) {
                Path file = results1.resolve(row.get("name").textValue() + ".onnx");
                assertThat(row.get("bytes").longValue()).isEqualTo(Files.size(file));
                assertThat(row.get("onnxAgreement").doubleValue()).isBetween(0.0, 1.0);
                assertThat(row.get("seconds").doubleValue()).isPositive();
                ((ObjectNode) row).remove("seconds");
            }
            results.add(rows);
        }
        assertThat(results.get(0).findValuesAsText("name"))
                .containsExactly("fp32", "ptq-int8", "qat-int8", "ptq-w4a4", "qat-w4a4");
        assertThat(results.get(0)).isEqualTo(results.get(1));
        assertThat(Files.mismatch(file("first", "qat-w4a4"), file("second", "qat-w4a4")))
                .isEqualTo(-1);
    }

    @Test
    void fineTunesOncePerSeedAndPrintsMeanAndSpread() throws IOException {
        writeMnist(folder);
        assertThat(
                        run(
                                "--data", folder.toString(),
                                "--fp32-epochs", "1",
                                "--epochs", "1",
                                "--batch-size", "16",
                                "--seed", "1,2,3",
                                "--out", results()))
                .describedAs(err.toString(StandardCharsets.UTF_8))
                .isZero();
        List<Double> accuracies = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (JsonNode row : rows(folder.resolve("results"))) {
            names.add(row.get("name").textValue());
            if (row.get("name").textValue().startsWith("qat")) {
                accuracies.add(row.get("accuracy").doubleValue());
            }
        }
        assertThat(names)
                .containsExactly(
                        "fp32", "ptq-int8", "qat-int8-seed1", "qat-int8-seed2", "qat-int8-seed3");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(new SeedSummary("qat-int8", accuracies).toString());
    }

    @Test
    void summarizesSeedsByMeanAndSampleStandardDeviation() {
        assertThat(new SeedSummary("qat-w2a2", List.of(0.865, 0.879, 0.870)))
                .hasToString(
                        "qat-w2a2: mean of 3 seeds 87.13 %, standard deviation 0.71, from 86.50 to 87.90");
    }

    @ParameterizedTest
    @CsvSource({"--seed, '1,2,1', 1", "--recipe, 'int8,w4a4,int8', int8"})
    void refusesARepetitionBeforeAnyWork(String option, String given, String repeated) {
        assertThat(run("--data", folder.toString(), option, given, "--out", results()))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(option + " names " + repeated + " more than once");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void searchesARecipeAndTrainsByIt() throws IOException {
        writeMnist(folder);
        assertThat(
                        run(
                                "--data", folder.toString(),
                                "--fp32-epochs", "1",
                                "--epochs", "1",
                                "--batch-size", "16",
                                "--auto-bits", "3.5",
                                "--out", results()))
                .describedAs(err.toString(StandardCharsets.UTF_8))
                .isZero();
        List<String> names = new ArrayList<>();
        rows(folder.resolve("results")).forEach(row -> names.add(row.get("name").textValue()));
        assertThat(names)
                .containsExactly("fp32", "ptq-int8", "qat-int8", "ptq-auto-3.5", "qat-auto-3.5");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("average weight bits: 3.", " of 3.5 bits");
        assertThat(RecipeReader.read(folder.resolve("results/auto-3.5.yaml")).rules()).isNotEmpty();
    }

    @Test
    void refusesBitsThatCannotBeBeforeAnyWork() {
        assertThat(run("--data", folder.toString(), "--auto-bits", "1.5", "--out", results()))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("2 to 8 bits on average, not 1.5");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void saysWhatAWrongRecipeIsBeforeAnyWork() {
        assertThat(run("--data", folder.toString(), "--recipe", "w5a5", "--out", results()))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("\"w5a5\"", "w4a4");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void saysWhichFilesAFolderLacks() {
        assertThat(run("--data", folder.toString(), "--out", results())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(folder.toString(), "test_batch.bin", "train-images-idx3-ubyte");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void refusesAnUnknownOption() {
        assertThat(run("--epoch", "3", "--out", results())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--epoch");
    }

    @Test
    void quantizesTheGivenResNetWithoutLoss() throws IOException {
        Path data = Path.of(System.getProperty("djlqat.data", "../../../shared/data"));
        Path weights = data.resolve("resnet20").resolve("resnet20.safetensors");
        Assumptions.assumeTrue(Files.isRegularFile(weights), "real data is absent");
        assertThat(
                        run(
                                "--data", data.resolve("cifar10").toString(),
                                "--weights", weights.toString(),
                                "--out", results()))
                .isZero();
        JsonNode rows = rows(folder.resolve("results"));
        JsonNode fp32 = rows.get(0);
        JsonNode int8 = rows.get(1);
        assertThat(fp32.get("accuracy").doubleValue()).isEqualTo(0.915);
        assertThat(fp32.get("onnxAgreement").doubleValue()).isEqualTo(1);
        assertThat(int8.get("accuracy").doubleValue()).isGreaterThanOrEqualTo(0.910);
        assertThat(int8.get("onnxAgreement").doubleValue()).isGreaterThanOrEqualTo(0.999);
        assertThat(int8.get("bytes").doubleValue() / fp32.get("bytes").doubleValue())
                .isLessThanOrEqualTo(0.30);
        Matcher logits =
                Pattern.compile(
                                "ptq-int8: .*logits differ by at most (\\S+) \\(one output step: (\\S+)\\)")
                        .matcher(out.toString(StandardCharsets.UTF_8));
        assertThat(logits.find()).isTrue();
        assertThat(Double.parseDouble(logits.group(1)))
                .isLessThanOrEqualTo(Double.parseDouble(logits.group(2)));
    }

    private int run(String... arguments) {
        return ImageClassification.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    private String results() {
        return folder.resolve("results").toString();
    }

    private Path file(String run, String variant) {
        return folder.resolve(run).resolve(variant + ".onnx");
    }

    private static JsonNode rows(Path results) throws IOException {
        return new ObjectMapper().readTree(results.resolve("results.json").toFile()).get("rows");
    }

    /** Noise with a bright row, whose place is the label. */
    private static void writeMnist(Path folder) throws IOException {
        write(folder, "train", TRAIN);
        write(folder, "t10k", TEST);
    }

    private static void write(Path folder, String prefix, int count) throws IOException {
        int side = 28;
        Random random = new Random(count);
        ByteBuffer images = ByteBuffer.allocate(16 + count * side * side);
        images.putInt(0x803).putInt(count).putInt(side).putInt(side);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = i % 10;
            labels.put((byte) label);
            for (int pixel = 0; pixel < side * side; pixel++) {
                images.put((byte) (random.nextInt(64) + (pixel / side / 2 == label ? 128 : 0)));
            }
        }
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.array());
    }
}
