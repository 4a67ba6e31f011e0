package io.github.djlqat.sensitivity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much each layer of a network suffers from each candidate.
 *
 * @param samples the number of samples that the scores are means over
 * @param candidates the candidates
 * @param layers the layers' scores in order of execution
 */
public record Sensitivity(long samples, List<Candidate> candidates, List<LayerSensitivity> layers) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Copies the lists.
     *
     * @param samples the number of samples that the scores are means over
     * @param candidates the candidates
     * @param layers the layers' scores in order of execution
     */
    public Sensitivity {
        candidates = List.copyOf(candidates);
        layers = List.copyOf(layers);
    }

    /**
     * Returns a score.
     *
     * @param layer the layer's name
     * @param candidate the candidate's name
     * @param measure the measure
     * @return the score, in the measure's unit
     * @throws IllegalArgumentException if there is no such layer or candidate, or it was not
     *     measured so
     */
    public double score(String layer, String candidate, Measure measure) {
        Map<Measure, Double> scores = layer(layer).scores().get(candidate);
        if (scores == null || !scores.containsKey(measure)) {
            throw new IllegalArgumentException(
                    "The layer "
                            + layer
                            + " has no "
                            + measure.id()
                            + " for "
                            + candidate
                            + "; it has "
                            + (scores == null
                                    ? "the candidates " + layer(layer).scores().keySet()
                                    : scores.keySet().stream().map(Measure::id).toList())
                            + ".");
        }
        return scores.get(measure);
    }

    /**
     * Returns the scores of a layer.
     *
     * @param name the layer's name
     * @return its scores
     * @throws IllegalArgumentException if there is no layer of the name
     */
    public LayerSensitivity layer(String name) {
        return layers.stream()
                .filter(layer -> layer.layer().name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "There is no layer "
                                                + name
                                                + "; there are "
                                                + layers.stream()
                                                        .map(l -> l.layer().name())
                                                        .toList()
                                                + "."));
    }

    /**
     * Prints the scores of a measure as a table: a line for each layer, a column for each
     * candidate.
     *
     * @param measure the measure
     * @return the table, each line ending in a line feed
     */
    public String table(Measure measure) {
        TextTable table = new TextTable();
        table.add("layer", candidates.stream().map(Candidate::name).toList());
        for (LayerSensitivity layer : layers) {
            table.add(
                    layer.layer().name(),
                    candidates.stream()
                            .map(c -> score(layer.layer().name(), c.name(), measure))
                            .map(score -> String.format(Locale.ROOT, "%.3g", score))
                            .toList());
        }
        return table.toString();
    }

    /**
     * Prints everything as JSON.
     *
     * @return the text
     */
    public String toJson() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The sensitivity could not be printed.", e);
        }
    }

    /**
     * Reads what {@link #toJson} prints.
     *
     * @param json the text
     * @return the sensitivity
     * @throws IllegalArgumentException if the text is something else, with the line and what is
     *     wrong
     */
    public static Sensitivity fromJson(String json) {
        try {
            Sensitivity read = JSON.readValue(json, Sensitivity.class);
            if (read == null) {
                throw new IllegalArgumentException("The text is null and no sensitivity.");
            }
            return read;
        } catch (JsonProcessingException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "The text is no sensitivity that can be read: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a JSON file, whole or not at all.
     *
     * @param path the file
     * @throws IOException if it cannot be written
     */
    public void write(Path path) throws IOException {
        AtomicFile.write(path, toJson().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a JSON file.
     *
     * @param path the file
     * @return the sensitivity
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it holds something else
     */
    public static Sensitivity read(Path path) throws IOException {
        return fromJson(Files.readString(path));
    }
}
