package io.github.djlqat.extension.criteria;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.numpy.NumpyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sample inputs in files of NumPy's, one file a run, each freed when the next one is read. */
final class CalibrationSamples implements Iterable<NDList>, AutoCloseable {

    private final List<Path> files;
    private final NDManager manager;
    private @Nullable NDManager scope;

    private CalibrationSamples(List<Path> files, NDManager manager) {
        this.files = files;
        this.manager = manager;
    }

    /**
     * Finds the files of a path.
     *
     * @param path a file, or a folder of files
     * @param manager what the arrays are made by; closed with the samples
     */
    static CalibrationSamples list(Path path, NDManager manager) throws IOException {
        if (!Files.isDirectory(path)) {
            if (!NumpyFile.isNamedSo(path)) {
                throw new IllegalArgumentException(
                        "The option \"calibration\" names "
                                + path
                                + "; legal are .npy, .npz, a folder of them, or .params.");
            }
            return new CalibrationSamples(List.of(path), manager);
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> files = entries.filter(NumpyFile::isNamedSo).sorted().toList();
            if (files.isEmpty()) {
                throw new IllegalArgumentException(
                        "The option \"calibration\" names the folder "
                                + path
                                + ", in which there is no .npy or .npz file.");
            }
            return new CalibrationSamples(files, manager);
        }
    }

    @Override
    public Iterator<NDList> iterator() {
        Iterator<Path> paths = files.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return paths.hasNext();
            }

            @Override
            public NDList next() {
                return read(paths.next());
            }
        };
    }

    private NDList read(Path file) {
        NDManager last = scope;
        if (last != null) {
            last.close();
        }
        NDManager next = manager.newSubManager();
        scope = next;
        try {
            return NumpyFiles.read(file, next);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
