package io.github.djlqat.workflow.model;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens models of one kind. Readers are found by {@link java.util.ServiceLoader}; those of other
 * jars are asked like those of this one.
 */
public interface ModelReader {

    /**
     * Returns the name of the kind of models.
     *
     * @return a name such as {@code torchscript}
     */
    String format();

    /**
     * Describes what the reader opens, for messages.
     *
     * @return a phrase such as {@code "TorchScript files (.pt)"}
     */
    String description();

    /**
     * Tells whether a path looks like a model of this kind. Nothing is loaded.
     *
     * @param path a file or folder that exists
     * @return whether {@link #open} may be tried
     */
    boolean supports(Path path);

    /**
     * Opens a model.
     *
     * @param source where the model is
     * @return the model, to be closed by the caller
     * @throws IOException if a file cannot be read or is damaged
     * @throws IllegalArgumentException if what the source says does not fit the model
     */
    OpenedModel open(ModelSource source) throws IOException;
}
