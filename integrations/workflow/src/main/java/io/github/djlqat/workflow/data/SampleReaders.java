package io.github.djlqat.workflow.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Reads samples with the reader that supports them. */
public final class SampleReaders {

    private SampleReaders() {}

    /**
     * Returns the readers on the class path.
     *
     * @return the readers
     */
    public static List<SampleReader> all() {
        return ServiceLoader.load(SampleReader.class, SampleReaders.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * Reads samples.
     *
     * @param source where they are
     * @return the samples, as many as the source asks for
     * @throws IOException if there is no such file, or it cannot be read or is damaged
     * @throws IllegalArgumentException if no reader supports it, or what the source says does not
     *     fit the files
     */
    public static Samples read(DataSource source) throws IOException {
        if (!Files.exists(source.path())) {
            throw new NoSuchFileException(
                    source.path().toString(), null, "there is no such data file or folder");
        }
        if (source.labels() != null && !Files.exists(source.labels())) {
            throw new NoSuchFileException(
                    source.labels().toString(), null, "there is no such file of labels");
        }
        List<SampleReader> readers = all();
        for (SampleReader reader : readers) {
            if (reader.supports(source)) {
                return Limits.apply(reader.read(source), source.limit());
            }
        }
        throw new IllegalArgumentException(
                source.path()
                        + " holds no data that can be read; legal are "
                        + readers.stream()
                                .map(SampleReader::description)
                                .collect(Collectors.joining(", "))
                        + ".");
    }
}
