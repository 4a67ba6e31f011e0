package io.github.djlqat.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.report.data.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportJsonTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"conv1", "</script><script>alert(1)", "\u0000\"\\\uD83D\uDE00", "層"})
    void whatIsWrittenReadsBackAsEqualData(String name) throws IOException {
        ReportData report = Samples.named(name);
        Path file = folder.resolve("report.json");
        ReportJson.write(report, file);
        assertThat(ReportJson.read(file)).isEqualTo(report);
    }

    @Test
    void aReportOfATitleAloneReadsBack() {
        ReportData report = ReportData.builder("only").build();
        assertThat(ReportJson.parse(ReportJson.print(report))).isEqualTo(report);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|schemaVersion is null; 1 is read",
                "[]|A report is a JSON object",
                "{\"schemaVersion\": 2, \"title\": \"t\"}|schemaVersion is 2; 1 is read",
                "{\"schemaVersion\": 1}|The title is missing or blank",
                "{\"schemaVersion\": 1, \"title\": {}}|title",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"colour\": 1}|colour",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"title\": \"u\"}|Duplicate field 'title'",
                "{\"schemaVersion\": 1, \"title\": \"t\"} x|no JSON",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"curves\": [{\"name\": \"c\", \"quantity\":"
                        + " \"loss\", \"x\": \"step\", \"points\": [{\"x\": 1, \"y\": NaN}]}]}|no JSON",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"curves\": [{\"name\": \"c\", \"quantity\":"
                        + " \"loss\", \"x\": \"step\", \"points\": [{\"x\": 1, \"y\": \"NaN\"}]}]}"
                        + "|curves[0].points[0]",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"curves\": [{\"name\": \"c\", \"quantity\":"
                        + " \"loss\", \"x\": \"step\", \"points\": [{\"x\": 1, \"y\": 1e999}]}]}"
                        + "|curves[0].points[0]: The y of a curve's point is Infinity",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"curves\": [{\"name\": \"c\", \"quantity\":"
                        + " \"loss\", \"x\": \"step\", \"points\": [{\"x\": 1}]}]}"
                        + "|curves[0].points[0]",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"results\": [null]}|Number 0 of the results",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"results\": [{\"name\": \"r\", \"bytes\":"
                        + " -1}]}|results[0]: The size of the result r in bytes is -1",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"histograms\": [{\"tensor\": \"w\","
                        + " \"layer\": \"l\", \"kind\": \"WEIGHT\", \"unit\": \"VALUE\", \"edges\": [0, 1], \"counts\":"
                        + " [-5]}]}|histograms[0]: Bin 0 of the histogram of w counts -5",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"histograms\": [{\"tensor\": \"w\","
                        + " \"layer\": \"l\", \"kind\": \"WEIGHT\", \"unit\": \"VALUE\", \"edges\": [0, 0], \"counts\":"
                        + " [5]}]}|The edges of the histogram of w do not increase",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"histograms\": [{\"tensor\": \"w\","
                        + " \"layer\": \"l\", \"kind\": \"WEIGHT\", \"unit\": \"VALUE\", \"edges\": [0], \"counts\":"
                        + " [5]}]}|1 counts and 1 edges",
                "{\"schemaVersion\": 1, \"title\": \"t\", \"graph\": {\"nodes\": [{\"id\": \"a\","
                        + " \"label\": \"a\", \"op\": \"relu\"}], \"edges\": [{\"from\": \"a\","
                        + " \"to\": \"a\"}]}}|graph: The edge from a to a does not lead"
            })
    void whatIsNoReportIsRefusedByName(String json, String message) {
        assertThatThrownBy(() -> ReportJson.parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aNestThatIsTooDeepIsRefused() {
        String deep = "{\"schemaVersion\": 1, \"title\": " + "[".repeat(100_000);
        assertThatThrownBy(() -> ReportJson.parse(deep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void anArrayThatIsTooLongIsRefused() {
        String counts = "1,".repeat(5000) + "1";
        assertThatThrownBy(
                        () ->
                                ReportJson.parse(
                                        "{\"schemaVersion\": 1, \"title\": \"t\", \"histograms\":"
                                                + " [{\"tensor\": \"w\", \"layer\": \"l\","
                                                + " \"kind\": \"WEIGHT\", \"unit\": \"VALUE\", \"edges\": [0, 1],"
                                                + " \"counts\": ["
                                                + counts
                                                + "]}]}"))
                .hasMessageContaining("There are 5001 counts of the histogram of w; at most 4096");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("broken.json"), "{\"schemaVersion\": 1,");
        assertThatThrownBy(() -> ReportJson.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.json")
                .hasMessageContaining("line 1");
    }
}
