package io.github.djlqat.mixedprecision.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says about itself.
 *
 * @param format the name of the format
 * @param version the version of the format
 * @param position how far the run had come; null if its data is not resumable
 * @param metric what the checkpoint is judged by; null if it was not
 * @param parameters the parameters
 * @param states the names of the states
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Manifest(
        String format,
        int version,
        @Nullable TrainingPosition position,
        @Nullable Double metric,
        List<SavedParameter> parameters,
        List<String> states) {

    static final String FORMAT = "djl-qat checkpoint";
    static final int VERSION = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * A parameter.
     *
     * @param name its full name
     * @param shape its shape
     * @param dataType its data type
     */
    record SavedParameter(String name, List<Long> shape, String dataType) {}

    byte[] toJson() {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A manifest is always JSON.", e);
        }
    }

    static Manifest fromJson(byte[] json) throws CheckpointException {
        Manifest manifest;
        try {
            manifest = MAPPER.readValue(json, Manifest.class);
        } catch (IOException e) {
            throw new CheckpointException("its manifest cannot be read", e);
        }
        if (manifest == null || !FORMAT.equals(manifest.format())) {
            throw new CheckpointException("its manifest is not that of a " + FORMAT);
        }
        if (manifest.version() != VERSION) {
            throw new CheckpointException(
                    "it has version " + manifest.version() + " where " + VERSION + " can be read");
        }
        if (manifest.parameters() == null || manifest.states() == null) {
            throw new CheckpointException("its manifest is incomplete");
        }
        return manifest;
    }
}
