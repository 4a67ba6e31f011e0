package io.github.djlqat.samples.common.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a sample found: one row for each variant of the model.
 *
 * @param rows the rows, in the order in which they are shown
 */
public record ResultsTable(List<Row> rows) {

    /** The name of the file that {@link #write} makes. */
    public static final String FILE_NAME = "results.json";

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final List<String> HEADER =
            List.of("model", "accuracy %", "size kB", "ONNX agreement %", "seconds");
    private static final String ABSENT = "-";

    /**
     * Creates a table.
     *
     * @param rows the rows, in the order in which they are shown
     * @throws IllegalArgumentException if two rows have one name
     */
    public ResultsTable {
        rows = List.copyOf(rows);
        Set<String> names = new HashSet<>();
        for (Row row : rows) {
            if (!names.add(row.name())) {
                throw new IllegalArgumentException("Two rows are named \"" + row.name() + "\".");
            }
        }
    }

    /**
     * One variant's results.
     *
     * @param name the variant's name, such as {@code qat-w4a4}; not blank
     * @param accuracy the share of test images classified rightly, 0 to 1
     * @param bytes the size of the exported file, 0 or more
     * @param onnxAgreement the share of test images that ONNX Runtime puts into the class that DJL
     *     does, 0 to 1; null where it was not run
     * @param seconds the time that it took to make the variant, 0 or more
     */
    public record Row(
            String name,
            double accuracy,
            long bytes,
            @Nullable Double onnxAgreement,
            double seconds) {

        /**
         * Creates a row.
         *
         * @param name the variant's name, such as {@code qat-w4a4}; not blank
         * @param accuracy the share of test images classified rightly, 0 to 1
         * @param bytes the size of the exported file, 0 or more
         * @param onnxAgreement the share of test images that ONNX Runtime puts into the class that
         *     DJL does, 0 to 1; null where it was not run
         * @param seconds the time that it took to make the variant, 0 or more
         * @throws IllegalArgumentException if a value is outside its range
         */
        public Row {
            if (name.isBlank()) {
                throw new IllegalArgumentException("A row has a name.");
            }
            if (!(accuracy >= 0 && accuracy <= 1)) {
                throw new IllegalArgumentException(
                        "Row \"" + name + "\": accuracy is 0 to 1, not " + accuracy + ".");
            }
            if (onnxAgreement != null && !(onnxAgreement >= 0 && onnxAgreement <= 1)) {
                throw new IllegalArgumentException(
                        "Row \"" + name + "\": agreement is 0 to 1, not " + onnxAgreement + ".");
            }
            if (bytes < 0 || !(seconds >= 0 && Double.isFinite(seconds))) {
                throw new IllegalArgumentException(
                        "Row \""
                                + name
                                + "\": bytes and seconds are 0 or more, not "
                                + bytes
                                + " and "
                                + seconds
                                + ".");
            }
        }
    }

    /**
     * Lays the table out as aligned columns.
     *
     * @return lines of one length, each ended by a newline
     */
    public String format() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADER);
        for (Row row : rows) {
            Double agreement = row.onnxAgreement();
            lines.add(
                    List.of(
                            row.name(),
                            decimal(100 * row.accuracy(), 2),
                            decimal(row.bytes() / 1000.0, 1),
                            agreement == null ? ABSENT : decimal(100 * agreement, 2),
                            decimal(row.seconds(), 1)));
        }
        int[] widths = new int[HEADER.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            append(text, lines.get(i), widths);
            if (i == 0) {
                int length = 2 * (widths.length - 1);
                for (int width : widths) {
                    length += width;
                }
                text.append("-".repeat(length)).append('\n');
            }
        }
        return text.toString();
    }

    /**
     * Writes the table as JSON into a folder, whole or not at all.
     *
     * @param folder the folder, made where there is none
     * @return the file {@value #FILE_NAME} in the folder
     * @throws IOException if the folder cannot be made or the file cannot be written; a former file
     *     is then left as it was
     */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE_NAME);
        AtomicFile.write(file, toJson());
        return file;
    }

    private byte[] toJson() throws JsonProcessingException {
        return MAPPER.writeValueAsBytes(this);
    }

    private static void append(StringBuilder text, List<String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - cells.get(i).length());
            if (i == 0) {
                text.append(cells.get(i)).append(padding);
            } else {
                text.append("  ").append(padding).append(cells.get(i));
            }
        }
        text.append('\n');
    }

    private static String decimal(double value, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
