package io.github.djlqat.samples.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file that benchmarks put their ratios into: a JSON object of ratios by name. */
public final class RatiosFile {

    /** The name of the file in its folder. */
    public static final String NAME = "ratios.json";

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private RatiosFile() {}

    /**
     * Adds ratios to those in a folder's file, whole or not at all. A ratio of a known name
     * replaces the former one.
     *
     * @param folder the folder, made where there is none
     * @param ratios the ratios by name
     * @return the file
     * @throws IOException if the file is there and is no JSON object of numbers, or cannot be
     *     written; it is then left as it was
     */
    public static Path merge(Path folder, Map<String, Double> ratios) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        Map<String, Double> all = read(file);
        all.putAll(ratios);
        AtomicFile.write(file, MAPPER.writeValueAsBytes(all));
        return file;
    }

    private static Map<String, Double> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new LinkedHashMap<>();
        }
        Map<String, Double> ratios;
        try {
            ratios =
                    MAPPER.readValue(
                            Files.readAllBytes(file),
                            new TypeReference<LinkedHashMap<String, Double>>() {});
        } catch (JsonProcessingException e) {
            throw noRatios(file, e);
        }
        if (ratios == null || ratios.containsValue(null)) {
            throw noRatios(file, null);
        }
        return ratios;
    }

    private static IOException noRatios(Path file, @Nullable Exception cause) {
        return new IOException(
                file
                        + " is no JSON object of numbers by name: move it away or give another folder.",
                cause);
    }
}
