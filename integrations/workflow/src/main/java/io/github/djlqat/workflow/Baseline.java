package io.github.djlqat.workflow;

import com.fasterxml.jackson.core.JacksonException;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a model has reached before, kept in a file: {@code {"metric": "top1", "value": 0.915}}.
 *
 * @param metric the name of a {@link Metric}
 * @param value the value
 */
public record Baseline(String metric, double value) {

    private static final int LONGEST = 1 << 16;

    /**
     * Reads a baseline.
     *
     * @param file a JSON file
     * @return the baseline
     * @throws IOException if it cannot be read or is no baseline
     * @throws WorkflowException if there is no metric of the name
     */
    static Baseline read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such baseline file");
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException(
                    file + " is no baseline: it has more than " + LONGEST + " bytes.");
        }
        Baseline read;
        try {
            read = Json.mapper().readValue(Files.readAllBytes(file), Baseline.class);
        } catch (JacksonException e) {
            throw new IOException(
                    file
                            + " is no baseline such as {\"metric\": \"top1\", \"value\": 0.915}: "
                            + e.getOriginalMessage()
                            + ".",
                    e);
        }
        if (read == null || read.metric() == null || !Double.isFinite(read.value())) {
            throw new IOException(
                    file + " is no baseline such as {\"metric\": \"top1\", \"value\": 0.915}.");
        }
        Metric.of(read.metric());
        return read;
    }

    void write(Path file) throws IOException {
        AtomicFile.write(file, Json.write(this).getBytes(StandardCharsets.UTF_8));
    }
}
