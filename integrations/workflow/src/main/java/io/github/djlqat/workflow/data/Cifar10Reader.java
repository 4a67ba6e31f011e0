package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads CIFAR-10 in its binary version: records of a label and 3,072 pixels, in {@code
 * data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}.
 *
 * <p>Source: <a href="https://www.cs.toronto.edu/~kriz/cifar.html">A. Krizhevsky, Learning Multiple
 * Layers of Features from Tiny Images</a>.
 */
public final class Cifar10Reader implements SampleReader {

    private static final String FOLDER = "cifar-10-batches-bin";
    private static final String TRAIN = "data_batch*.bin";
    private static final String TEST = "test_batch*.bin";
    private static final String NAMES = "batches.meta.txt";
    private static final Shape IMAGE = new Shape(3, 32, 32);
    private static final int CLASSES = 10;

    /** What an array holds; the set itself has 184 million bytes. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    /** Creates the reader. */
    public Cifar10Reader() {}

    @Override
    public String description() {
        return "CIFAR-10 binary files and folders of them";
    }

    @Override
    public boolean supports(DataSource source) throws IOException {
        if (!Files.isDirectory(source.path())) {
            return String.valueOf(source.path().getFileName()).endsWith(".bin");
        }
        return !files(home(source.path()), TRAIN).isEmpty()
                || !files(home(source.path()), TEST).isEmpty();
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        source.requireNoLabels();
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(source.path())) {
            files.addAll(split(source));
        } else {
            files.add(source.path());
        }
        requireSize(source.path(), files);
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (Path file : files) {
            readFile(file, labels, pixels);
        }
        long[] classes = new long[labels.size()];
        byte[] bytes = labels.toByteArray();
        for (int i = 0; i < classes.length; i++) {
            classes[i] = bytes[i];
        }
        return new Samples(
                source.path().toString(),
                List.of(ByteColumn.of("images", IMAGE, pixels.toByteArray(), source.preparation())),
                LongColumn.classes("labels", classes),
                names(files.get(0)));
    }

    private static List<Path> split(DataSource source) throws IOException {
        Path home = home(source.path());
        String split = source.split();
        List<Path> files =
                switch (split == null ? "" : split) {
                    case "train" -> files(home, TRAIN);
                    case "test" -> files(home, TEST);
                    default -> throw source.noSuchSplit(List.of("train", "test"));
                };
        if (files.isEmpty()) {
            throw new IllegalArgumentException(
                    source.path() + " holds no files of the split " + split + ".");
        }
        return files;
    }

    private static void requireSize(Path path, List<Path> files) throws IOException {
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        if (bytes > MOST_BYTES) {
            throw new IOException(
                    path
                            + " has "
                            + bytes
                            + " bytes; what is read of CIFAR-10 at once has at most "
                            + MOST_BYTES
                            + ".");
        }
    }

    private static void readFile(
            Path file, ByteArrayOutputStream labels, ByteArrayOutputStream pixels)
            throws IOException {
        int image = (int) IMAGE.size();
        int record = image + 1;
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0 || bytes.length % record != 0) {
            throw new IOException(
                    file
                            + " has "
                            + bytes.length
                            + " bytes; a CIFAR-10 file has "
                            + record
                            + " for each image.");
        }
        for (int at = 0; at < bytes.length; at += record) {
            if (bytes[at] < 0 || bytes[at] >= CLASSES) {
                throw new IOException(
                        file
                                + ", byte "
                                + at
                                + ": label "
                                + (bytes[at] & 0xFF)
                                + "; labels are 0 to "
                                + (CLASSES - 1)
                                + ".");
            }
            labels.write(bytes[at]);
            pixels.write(bytes, at + 1, image);
        }
    }

    private static List<String> names(Path beside) throws IOException {
        Path file = beside.resolveSibling(NAMES);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<String> names =
                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                        .lines()
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
        return names.size() == CLASSES ? names : List.of();
    }

    private static List<Path> files(Path folder, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(found::add);
        }
        Collections.sort(found);
        return found;
    }

    private static Path home(Path directory) {
        Path folder = directory.resolve(FOLDER);
        return Files.isDirectory(folder) ? folder : directory;
    }
}
