package io.github.djlqat.samples.digitsreport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.extension.console.Console;
import io.github.djlqat.report.ReportJson;
import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageSplit;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitsReportTest {

    @TempDir Path folder;

    @Test
    void oneEpochGivesAReportOfEveryVariant() throws Exception {
        Console quiet =
                new Console(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        false,
                        System::nanoTime);
        Path page = DigitsReport.run(folder, few(), 1, 1, 10, quiet);
        ReportData report = ReportJson.read(folder.resolve("report.json"));
        assertThat(report.results())
                .extracting(ResultRow::name)
                .containsExactly(
                        "fp32", "ptq-w8a8", "ptq-w4a4", "ptq-w2a2", "qat-w2a2", "qat-w4a4");
        assertThat(report.results())
                .allMatch(row -> row.bytes() == size(folder.resolve(row.name() + ".onnx")))
                .allMatch(row -> row.latency() > 0);
        assertThat(report.curves())
                .extracting(Curve::name)
                .containsExactly("fp32", "fp32", "qat-w2a2", "qat-w2a2", "qat-w4a4", "qat-w4a4");
        assertThat(report.layers()).filteredOn(layer -> layer.weight() != null).hasSize(5);
        assertThat(Files.readString(page)).contains("conv1_weight", "qat-w4a4");
        assertThat(folder.resolve("figures/trade-off-latency.png")).isNotEmptyFile();
    }

    /** Enough for ten batches to calibrate on: what the network learns is not asked here. */
    private static ImageSplit few() {
        ImageSplit all = Digits.split(1);
        return new ImageSplit(all.train().take(320), all.test().take(64));
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
