package io.github.djlqat.mixedprecision.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A checkpoint in a store.
 *
 * @param number its number, which grows from each checkpoint of a store to the next
 * @param path its directory
 */
public record Checkpoint(long number, Path path) {

    static final String MANIFEST = "manifest.json";
    static final String PARAMETERS = "parameters.params";

    static String stateFile(String name) {
        return name + ".state";
    }

    /**
     * Returns how far the run had come.
     *
     * @return the position, if the run's data is resumable
     * @throws IOException if its manifest cannot be read
     * @throws CheckpointException if the checkpoint is torn or foreign
     */
    public Optional<TrainingPosition> position() throws IOException {
        return Optional.ofNullable(manifest().position());
    }

    /**
     * Returns what the checkpoint is judged by.
     *
     * @return the metric, if there is one
     * @throws IOException if its manifest cannot be read
     * @throws CheckpointException if the checkpoint is torn or foreign
     */
    public OptionalDouble metric() throws IOException {
        Double metric = manifest().metric();
        return metric == null ? OptionalDouble.empty() : OptionalDouble.of(metric);
    }

    /**
     * Returns the file of the model's parameters, which a plain model of the same structure loads,
     * too.
     *
     * @return the file
     */
    public Path parametersFile() {
        return path.resolve(PARAMETERS);
    }

    /**
     * Checks that every file is there and is what was written.
     *
     * @throws CheckpointException saying what is wrong
     * @throws IOException if a file cannot be read
     */
    public void verify() throws IOException {
        Manifest manifest = manifest();
        try {
            Checksums sums = Checksums.read(path);
            sums.check(PARAMETERS);
            for (String state : manifest.states()) {
                sums.check(stateFile(state));
            }
        } catch (CheckpointException e) {
            throw refused(e);
        }
    }

    /** Reads the manifest, which is checked by its sum. */
    Manifest manifest() throws IOException {
        try {
            if (!Files.isDirectory(path)) {
                throw new CheckpointException("it is not there");
            }
            Checksums.read(path).check(MANIFEST);
            return Manifest.fromJson(Files.readAllBytes(path.resolve(MANIFEST)));
        } catch (CheckpointException e) {
            throw refused(e);
        }
    }

    /** An error that names this checkpoint. */
    CheckpointException refused(Exception reason) {
        String message = String.valueOf(reason.getMessage());
        String end = message.endsWith(".") ? "" : ".";
        return new CheckpointException(
                "The checkpoint " + path + " cannot be used: " + message + end, reason);
    }
}
