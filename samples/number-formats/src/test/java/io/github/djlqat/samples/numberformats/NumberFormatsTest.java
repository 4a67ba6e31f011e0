package io.github.djlqat.samples.numberformats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the table of formats. */
class NumberFormatsTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void eightBitsKeepTheDigitsAndTwoValuesDoNot() throws IOException {
        assertThat(
                        run(
                                "--format",
                                "float8_e4m3fn,mxfp4-floor,binary",
                                "--epochs",
                                "0",
                                "--out",
                                folder.toString()))
                .isZero();
        JsonNode rows =
                new ObjectMapper().readTree(folder.resolve("formats.json").toFile()).get("rows");
        assertThat(rows).hasSize(4);
        double fp32 = rows.get(0).get("bothPtq").doubleValue();
        assertThat(fp32).isGreaterThan(0.97);
        assertThat(rows.get(1).get("bothPtq").doubleValue()).isGreaterThan(fp32 - 0.01);
        assertThat(rows.get(2).get("weightsPtq").doubleValue()).isGreaterThan(fp32 - 0.05);
        assertThat(rows.get(3).get("bothPtq").doubleValue()).isLessThan(fp32 - 0.2);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("mxfp4-floor");
    }

    @Test
    void saysWhichFormatsThereAre() {
        assertThat(run("--format", "int9", "--out", folder.toString())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("int9", "int8", "nf4-64");
    }

    @Test
    void wantsDataAndWeightsTogether() {
        assertThat(run("--data", folder.toString())).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--weights");
    }

    private int run(String... arguments) {
        return NumberFormats.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }
}
