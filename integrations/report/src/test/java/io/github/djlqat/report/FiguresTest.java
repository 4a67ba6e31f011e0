package io.github.djlqat.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.report.data.Score;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {

    @TempDir Path folder;

    @Test
    void everyFigureIsThreeFilesThatCanBeRead() throws Exception {
        List<Path> files = Figures.write(Samples.full(), folder.resolve("figures"));
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .contains(
                        "trade-off-size.svg",
                        "trade-off-latency.png",
                        "sensitivity-kl.json",
                        "sqnr.svg",
                        "histogram-conv1.png",
                        "graph.svg",
                        "training-loss.json")
                .doesNotHaveDuplicates();
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".svg")) {
                HtmlReportTest.parse(Files.readString(file));
            } else if (name.endsWith(".png")) {
                BufferedImage image = ImageIO.read(file.toFile());
                assertThat(image.getWidth()).isGreaterThanOrEqualTo(900);
            } else {
                JsonNode table = new ObjectMapper().readTree(file.toFile());
                assertThat(table.get("columns")).isNotEmpty();
                assertThat(table.get("rows")).isNotEmpty();
            }
        }
    }

    @Test
    void namesThatAreNoFileNamesStayInTheFolder() throws Exception {
        Path inner = folder.resolve("a/b");
        List<Path> files = Figures.write(Samples.named("../../../etc/passwd"), inner);
        assertThat(files).allMatch(file -> file.normalize().getParent().equals(inner));
    }

    @Test
    void theIntervalOfAnAccuracyIsWilsons() {
        // 8 of 10: the bounds that Wilson's formula gives by hand, 49.02 % and 94.33 %.
        Score score = Score.accuracy(8, 10);
        assertThat(score.value()).isEqualTo(80);
        assertThat(score.confidence().low()).isCloseTo(49.02, within(0.01));
        assertThat(score.confidence().high()).isCloseTo(94.33, within(0.01));
        assertThat(Score.accuracy(0, 10).confidence().low()).isZero();
        assertThat(Score.accuracy(10, 10).confidence().high()).isEqualTo(100);
    }
}
