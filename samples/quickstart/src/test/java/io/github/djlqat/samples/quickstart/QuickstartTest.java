package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.samples.common.data.Digits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

    @Test
    void writesOneRowForEachVariant(@TempDir Path folder)
            throws IOException, TranslateException, MalformedModelException {
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new PrintStream(progress, true, StandardCharsets.UTF_8),
                        false,
                        System::nanoTime);
        Path file = Quickstart.run(folder, Digits.split(1), 2, 1, console).write(folder);

        JsonNode root = new ObjectMapper().readTree(file.toFile());
        List<String> fields = new ArrayList<>();
        root.fieldNames().forEachRemaining(fields::add);
        assertThat(fields).containsExactly("rows");
        JsonNode rows = root.get("rows");
        assertThat(rows.findValuesAsText("name"))
                .containsExactly(
                        "fp32", "ptq-w8a8", "ptq-w4a4", "ptq-w2a2", "qat-w4a4", "qat-w2a2");
        for (JsonNode row : rows) {
            List<String> names = new ArrayList<>();
            row.fieldNames().forEachRemaining(names::add);
            assertThat(names)
                    .containsExactly("name", "accuracy", "bytes", "onnxAgreement", "seconds");
            assertThat(row.get("bytes").longValue())
                    .isEqualTo(Files.size(folder.resolve(row.get("name").textValue() + ".onnx")));
            assertThat(row.get("seconds").doubleValue()).isPositive();
        }

        double fp32 = accuracy(rows, 0);
        assertThat(fp32).isGreaterThan(0.9);
        assertThat(accuracy(rows, 1)).isGreaterThan(fp32 - 0.02);
        assertThat(accuracy(rows, 3)).isLessThan(fp32 - 0.2);
        assertThat(accuracy(rows, 5)).isGreaterThan(accuracy(rows, 3) + 0.2);
        assertThat(rows.get(0).get("onnxAgreement").doubleValue()).isEqualTo(1);
        assertThat(rows.get(1).get("onnxAgreement").doubleValue()).isGreaterThan(0.98);
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("fp32: 90/90", "qat-w4a4: 45/45", "qat-w2a2: 45/45");
    }

    private static double accuracy(JsonNode rows, int row) {
        return rows.get(row).get("accuracy").doubleValue();
    }
}
