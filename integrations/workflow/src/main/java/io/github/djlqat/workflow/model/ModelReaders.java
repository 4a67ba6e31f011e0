package io.github.djlqat.workflow.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Opens a model with the reader that supports it. */
public final class ModelReaders {

    private ModelReaders() {}

    /**
     * Returns the readers on the class path.
     *
     * @return the readers
     */
    public static List<ModelReader> all() {
        return ServiceLoader.load(ModelReader.class, ModelReaders.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * Opens a model.
     *
     * @param source where the model is
     * @return the model, to be closed by the caller
     * @throws IOException if there is no such file, or it cannot be read or is damaged
     * @throws IllegalArgumentException if no reader supports it, or what the source says does not
     *     fit the model
     */
    public static OpenedModel open(ModelSource source) throws IOException {
        if (!Files.exists(source.path())) {
            throw new NoSuchFileException(
                    source.path().toString(), null, "there is no such model file or folder");
        }
        List<ModelReader> readers = all();
        for (ModelReader reader : readers) {
            if (reader.supports(source.path())) {
                return reader.open(source);
            }
        }
        throw new IllegalArgumentException(
                source.path()
                        + " is no model that can be read; legal are "
                        + readers.stream()
                                .map(ModelReader::description)
                                .collect(Collectors.joining(", "))
                        + ".");
    }
}
