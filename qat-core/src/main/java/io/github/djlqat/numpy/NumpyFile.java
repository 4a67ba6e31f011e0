package io.github.djlqat.numpy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads files that NumPy saved: {@code .npy} with one array, {@code .npz} with several. */
public final class NumpyFile {

    private static final String ARRAY = ".npy";
    private static final String ARCHIVE = ".npz";
    private static final int MOST_ARRAYS = 64;

    private NumpyFile() {}

    /**
     * Tells by a file's name whether it is one of NumPy's.
     *
     * @param file the file
     * @return whether its name ends in {@code .npy} or {@code .npz}
     */
    public static boolean isNamedSo(Path file) {
        return endsWith(file, ARRAY) || endsWith(file, ARCHIVE);
    }

    private static boolean endsWith(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }

    /**
     * Reads a file.
     *
     * @param file the file; an archive where its name does not end in {@code .npy}
     * @return the arrays of an archive by name, in its order, or that of an {@code .npy} file under
     *     an empty name
     * @throws IOException if it cannot be read, is damaged, or holds no arrays, more than 64, or
     *     one of elements that are no plain numbers
     */
    public static Map<String, NumpyArray> read(Path file) throws IOException {
        if (endsWith(file, ARRAY)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                return Map.of("", NumpyArray.read(in, file.toString()));
            }
        }
        Map<String, NumpyArray> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (arrays.size() == MOST_ARRAYS) {
                    throw new IOException(file + " holds more than " + MOST_ARRAYS + " arrays.");
                }
                String name = entry.getName().replaceFirst("\\.npy$", "");
                try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
                    arrays.put(name, NumpyArray.read(in, file + ", " + name));
                }
            }
        } catch (ZipException | EOFException e) {
            throw new IOException(file + " is no whole .npz file: " + e.getMessage() + ".", e);
        }
        if (arrays.isEmpty()) {
            throw new IOException(file + " holds no arrays.");
        }
        return arrays;
    }
}
