package io.github.djlqat.samples.common.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.samples.common.console.ResultsTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTableTest {

    private static final ResultsTable TABLE =
            new ResultsTable(
                    List.of(
                            new Row("fp32", 0.98314, 51_200, 1.0, 3.14159),
                            new Row("ptq-w2a2", 0.1, 5_120, null, 0)));

    @TempDir Path folder;

    @Test
    void alignsItsColumns() {
        assertThat(TABLE.format())
                .isEqualTo(
                        """
                        model     accuracy %  size kB  ONNX agreement %  seconds
                        --------------------------------------------------------
                        fp32           98.31     51.2            100.00      3.1
                        ptq-w2a2       10.00      5.1                 -      0.0
                        """);
    }

    @Test
    void writesItsRowsAsJson() throws IOException {
        Path file = TABLE.write(folder.resolve("new").resolve("folder"));
        JsonNode expected =
                new ObjectMapper()
                        .readTree(
                                """
                                {"rows": [
                                  {"name": "fp32", "accuracy": 0.98314, "bytes": 51200, "onnxAgreement": 1.0,
                                   "seconds": 3.14159},
                                  {"name": "ptq-w2a2", "accuracy": 0.1, "bytes": 5120, "onnxAgreement": null,
                                   "seconds": 0.0}]}
                                """);
        assertThat(file).hasFileName("results.json");
        assertThat(new ObjectMapper().readTree(Files.readString(file))).isEqualTo(expected);
        new ResultsTable(List.of()).write(file.getParent());
        assertThat(new ObjectMapper().readTree(Files.readString(file)).get("rows")).isEmpty();
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void leavesNothingBehindWhereItCannotWrite() throws IOException {
        Path occupied = Files.createDirectories(folder.resolve("results.json").resolve("inside"));
        assertThatThrownBy(() -> TABLE.write(folder)).isInstanceOf(IOException.class);
        assertThat(occupied).isDirectory();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("results.json"));
        }
        Path file = Files.writeString(folder.resolve("file"), "kept");
        assertThatThrownBy(() -> TABLE.write(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("file");
        assertThat(file).hasContent("kept");
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Row(" ", 0.5, 1, null, 1)).hasMessageContaining("name");
        assertThatThrownBy(() -> new Row("a", 98.3, 1, null, 1))
                .hasMessageContaining("\"a\": accuracy is 0 to 1, not 98.3");
        assertThatThrownBy(() -> new Row("a", Double.NaN, 1, null, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Row("a", 1, 1, 1.01, 1)).hasMessageContaining("1.01");
        assertThatThrownBy(() -> new Row("a", 1, -1, null, 1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Row("a", 1, 1, null, Double.POSITIVE_INFINITY))
                .hasMessageContaining("Infinity");
        Row row = new Row("twice", 1, 1, null, 1);
        assertThatThrownBy(() -> new ResultsTable(List.of(row, row)))
                .hasMessageContaining("\"twice\"");
    }
}
