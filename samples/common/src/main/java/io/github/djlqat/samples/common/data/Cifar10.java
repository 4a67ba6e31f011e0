package io.github.djlqat.samples.common.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads CIFAR-10 in its official binary form.
 *
 * <p>A file is a sequence of records of 3,073 bytes: the class (0 to 9), then 1,024 red, 1,024
 * green and 1,024 blue values of an image of 32 by 32 pixels, row by row. The official files hold
 * 10,000 records each; fewer are read as well.
 *
 * <p>Source: <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky, The CIFAR-10
 * dataset</a>.
 */
public final class Cifar10 {

    /** The width and the height of an image in pixels. */
    public static final int SIDE = 32;

    /** The number of classes. */
    public static final int CLASSES = 10;

    private static final int CHANNELS = 3;
    private static final int IMAGE = CHANNELS * SIDE * SIDE;
    private static final int RECORD = 1 + IMAGE;
    private static final long LONGEST_FILE = 100_000L * RECORD;
    private static final String FOLDER = "cifar-10-batches-bin";
    private static final String TEST_FILE = "test_batch.bin";

    private Cifar10() {}

    /**
     * Says whether a directory looks like CIFAR-10.
     *
     * @param directory a directory
     * @return whether it holds the test file, itself or in a folder {@code cifar-10-batches-bin}
     */
    public static boolean isPresent(Path directory) {
        return Files.isRegularFile(home(directory).resolve(TEST_FILE));
    }

    /**
     * Reads all files {@code data_batch*.bin} and {@code test_batch.bin}.
     *
     * @param directory the directory that holds the files, or the one that holds the folder {@code
     *     cifar-10-batches-bin}
     * @return the training and the test images, of three channels
     * @throws IOException if a file is missing or cannot be read, is no whole number of records, or
     *     holds a label beyond 9
     */
    public static ImageSplit read(Path directory) throws IOException {
        Path home = home(directory);
        if (!Files.isDirectory(home)) {
            throw new NoSuchFileException(directory.toString(), null, "not a directory");
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(home, "data_batch*.bin")) {
            found.forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new NoSuchFileException(
                    home.toString(), null, "no file data_batch*.bin in this directory");
        }
        Collections.sort(files);
        List<ImageSet> parts = new ArrayList<>();
        for (Path file : files) {
            parts.add(readFile(file));
        }
        return new ImageSplit(ImageSet.concatenate(parts), readTest(home));
    }

    /**
     * Reads {@code test_batch.bin} only.
     *
     * @param directory the directory that holds the file, or the one that holds the folder {@code
     *     cifar-10-batches-bin}
     * @return the test images
     * @throws IOException as {@link #read}
     */
    public static ImageSet readTest(Path directory) throws IOException {
        return readFile(home(directory).resolve(TEST_FILE));
    }

    /**
     * Reads one file of records.
     *
     * @param file the file
     * @return its images
     * @throws IOException as {@link #read}
     */
    public static ImageSet readFile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        long size = Files.size(file);
        if (size == 0 || size % RECORD != 0 || size > LONGEST_FILE) {
            throw new IOException(
                    file
                            + " has "
                            + size
                            + " bytes; a CIFAR-10 file has "
                            + RECORD
                            + " for each image, and 1 to "
                            + LONGEST_FILE / RECORD
                            + " images.");
        }
        byte[] bytes = Files.readAllBytes(file);
        int images = bytes.length / RECORD;
        byte[] pixels = new byte[images * IMAGE];
        byte[] labels = new byte[images];
        for (int i = 0; i < images; i++) {
            int label = bytes[i * RECORD] & 0xFF;
            if (label >= CLASSES) {
                throw new IOException(
                        file
                                + ", record "
                                + i
                                + " (byte "
                                + (long) i * RECORD
                                + "): label "
                                + label
                                + "; labels are 0 to "
                                + (CLASSES - 1)
                                + ".");
            }
            labels[i] = (byte) label;
            System.arraycopy(bytes, i * RECORD + 1, pixels, i * IMAGE, IMAGE);
        }
        return new ImageSet(CHANNELS, SIDE, SIDE, CLASSES, pixels, labels);
    }

    private static Path home(Path directory) {
        Path folder = directory.resolve(FOLDER);
        return Files.isDirectory(folder) ? folder : directory;
    }
}
