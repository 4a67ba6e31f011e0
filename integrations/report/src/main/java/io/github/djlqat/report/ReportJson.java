package io.github.djlqat.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.report.data.ReportData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A report's data as JSON: the fields of {@link ReportData}, and {@code schemaVersion}. What is
 * written reads back as equal data.
 */
public final class ReportJson {

    /** The version of the fields that is written and read. */
    public static final int SCHEMA_VERSION = 1;

    private static final String VERSION = "schemaVersion";
    private static final long MAX_LENGTH = 256L << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_STRING = 1 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxDocumentLength(MAX_LENGTH)
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxStringLength(MAX_STRING)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_EMPTY))
                    .build();

    private ReportJson() {}

    /**
     * Prints a report's data.
     *
     * @param report the data
     * @return the JSON text, ending in a line feed
     */
    public static String print(ReportData report) {
        ObjectNode tree = MAPPER.createObjectNode();
        tree.put(VERSION, SCHEMA_VERSION);
        tree.setAll((ObjectNode) MAPPER.valueToTree(report));
        try {
            return MAPPER.writeValueAsString(tree) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The report could not be printed.", e);
        }
    }

    /**
     * Writes a report's data into a file, beside which it is written first and then renamed.
     *
     * @param report the data
     * @param path the file, in a directory that is there
     * @throws IOException if it cannot be written; the file is then as it was
     */
    public static void write(ReportData report, Path path) throws IOException {
        AtomicFile.write(path, print(report).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a report's data from a file.
     *
     * @param path the file
     * @return the data
     * @throws IOException naming the file, and the field where one is not legal, if it cannot be
     *     read
     */
    public static ReportData read(Path path) throws IOException {
        if (Files.size(path) > MAX_LENGTH) {
            throw new IOException(
                    path
                            + " has "
                            + Files.size(path)
                            + " bytes; at most "
                            + MAX_LENGTH
                            + " are read as a report.");
        }
        try {
            return parse(Files.readString(path));
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("Cannot read the report " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a report's data.
     *
     * @param json the text
     * @return the data
     * @throws IllegalArgumentException naming the field, or the line, if the text is no report
     */
    public static ReportData parse(String json) {
        try {
            JsonNode tree = MAPPER.readTree(json);
            if (!(tree instanceof ObjectNode object)) {
                throw new IllegalArgumentException("A report is a JSON object.");
            }
            JsonNode version = object.remove(VERSION);
            if (version == null || !version.isInt() || version.intValue() != SCHEMA_VERSION) {
                throw new IllegalArgumentException(
                        VERSION + " is " + version + "; " + SCHEMA_VERSION + " is read.");
            }
            return MAPPER.treeToValue(object, ReportData.class);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(message(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "it is no JSON: "
                            + e.getOriginalMessage()
                            + (e.getLocation() == null
                                    ? ""
                                    : " at line " + e.getLocation().getLineNr()),
                    e);
        }
    }

    private static String message(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(reference.getFieldName());
            }
        }
        Throwable cause = e.getCause();
        String reason =
                cause instanceof IllegalArgumentException
                        ? String.valueOf(cause.getMessage())
                        : e.getOriginalMessage();
        return path.length() == 0 ? reason : path + ": " + reason;
    }
}
