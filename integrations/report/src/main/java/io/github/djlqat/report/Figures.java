package io.github.djlqat.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.drawing.Palette;
import io.github.djlqat.report.drawing.PictureRenderer;
import io.github.djlqat.report.drawing.SvgRenderer;
import io.github.djlqat.report.figure.Figure;
import io.github.djlqat.report.figure.ReportFigures;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The figures of a report as files for papers: SVG, PNG, and the numbers behind them as JSON. */
public final class Figures {

    /** Pixels for each unit of a drawing, of which a column of a page is 400 wide. */
    private static final double SCALE = 3;

    private static final JsonMapper JSON = new JsonMapper();

    private Figures() {}

    /**
     * Writes each figure as {@code NAME.svg}, {@code NAME.png} and {@code NAME.json}, each beside
     * its place first.
     *
     * @param report the data
     * @param folder where to; made where it is not there
     * @return the files, in the order of the report
     * @throws IOException if a file cannot be written; it is then as it was
     */
    public static List<Path> write(ReportData report, Path folder) throws IOException {
        Files.createDirectories(folder);
        SvgRenderer svg = SvgRenderer.of(Palette.LIGHT);
        PictureRenderer picture = new PictureRenderer(Palette.LIGHT, SCALE);
        List<Path> files = new ArrayList<>();
        for (Figure figure : ReportFigures.all(report)) {
            String text = svg.render(figure.drawing(), figure.name()).render() + "\n";
            files.add(write(folder, figure.name() + ".svg", text.getBytes(StandardCharsets.UTF_8)));
            files.add(write(folder, figure.name() + ".png", picture.png(figure.drawing())));
            files.add(write(folder, figure.name() + ".json", json(figure)));
        }
        return files;
    }

    private static byte[] json(Figure figure) {
        try {
            return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(figure.table()) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A table could not be printed.", e);
        }
    }

    private static Path write(Path folder, String name, byte[] bytes) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
        Path file = folder.resolve(name);
        AtomicFile.write(file, bytes);
        return file;
    }
}
