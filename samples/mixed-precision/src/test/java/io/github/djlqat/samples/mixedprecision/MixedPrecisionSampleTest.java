package io.github.djlqat.samples.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the sample. */
class MixedPrecisionSampleTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void everyModeLearnsTheDigits() throws IOException {
        assertThat(run("--epochs", "2", "--out", folder.toString())).isZero();
        JsonNode outcomes =
                new ObjectMapper().readTree(folder.resolve("digits.json").toFile()).get("outcomes");
        assertThat(outcomes).hasSize(5);
        double fp32 = outcomes.get(0).get("accuracy").doubleValue();
        assertThat(fp32).isGreaterThan(0.9);
        for (JsonNode outcome : outcomes) {
            assertThat(outcome.get("accuracy").doubleValue()).isCloseTo(fp32, within(0.05));
            // One loss for each batch: 1,437 images in whole batches of 32, twice.
            assertThat(outcome.get("losses")).hasSize(2 * (1437 / 32));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("bf16", "fp8", "ms a step");
    }

    @Test
    void saysWhichModesThereAre() {
        assertThat(run("--mode", "int8", "--out", folder.toString())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("int8", "bf16", "fp8");
    }

    @Test
    void differencesAreRelativeToTheOther() {
        Outcome one = outcome(1, 2);
        Outcome other = outcome(1, 4);
        assertThat(one.largestLossDifference(one)).isZero();
        assertThat(one.largestLossDifference(other)).isCloseTo(0.5, within(1e-12));
        assertThat(other.largestLossDifference(one)).isCloseTo(1, within(1e-12));
    }

    private static Outcome outcome(double first, double second) {
        List<Double> losses =
                IntStream.range(0, 40).mapToObj(i -> i < 20 ? first : second).toList();
        return new Outcome("net", "fp32", 1, 1, losses, 1, 0, 1);
    }

    private int run(String... arguments) {
        return MixedPrecisionSample.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }
}
