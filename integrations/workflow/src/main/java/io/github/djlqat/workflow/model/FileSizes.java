package io.github.djlqat.workflow.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Adds up the sizes of files. */
public final class FileSizes {

    private FileSizes() {}

    /**
     * Returns the size of a file, or of all files in a folder and those below.
     *
     * @param path the file or folder
     * @return the size in bytes
     * @throws IOException if a size cannot be read
     */
    public static long of(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return Files.size(path);
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        return total;
    }
}
