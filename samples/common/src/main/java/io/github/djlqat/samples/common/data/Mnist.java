package io.github.djlqat.samples.common.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads MNIST, and what has the same form, from its official files.
 *
 * <p>A directory holds pairs of files {@code PREFIX-images-idx3-ubyte} and {@code
 * PREFIX-labels-idx1-ubyte}, each as it is or compressed with a name ending in {@code .gz}. The
 * prefix {@code train} names the training images, the only other one ({@code t10k} in the official
 * set) the test images.
 *
 * <p>Source: <a href="http://yann.lecun.com/exdb/mnist/">LeCun, Cortes, Burges, The MNIST
 * database</a>.
 */
public final class Mnist {

    /** The number of classes. */
    public static final int CLASSES = 10;

    private static final String IMAGES = "-images-idx3-ubyte";
    private static final String LABELS = "-labels-idx1-ubyte";
    private static final String COMPRESSED = ".gz";
    private static final String TRAIN = "train";
    private static final String OFFICIAL_TEST = "t10k";

    private Mnist() {}

    /**
     * Says whether a directory looks like MNIST.
     *
     * @param directory a directory
     * @return whether it holds training images
     */
    public static boolean isPresent(Path directory) {
        return find(directory, TRAIN + IMAGES).isPresent();
    }

    /**
     * Reads the training and the test images.
     *
     * @param directory the directory
     * @return images of one channel, pixel values 0 to 255
     * @throws IOException if a file is missing, several sets could be the test set, or a file is
     *     not what its header says
     */
    public static ImageSplit read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString(), null, "not a directory");
        }
        TreeMap<String, Path> images = new TreeMap<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(directory, "*" + IMAGES + "{,.gz}")) {
            for (Path file : found) {
                String name = file.getFileName().toString();
                images.merge(
                        name.substring(0, name.indexOf(IMAGES)),
                        file,
                        (a, b) -> isCompressed(a) ? b : a);
            }
        }
        Path train = images.remove(TRAIN);
        if (train == null) {
            throw new NoSuchFileException(
                    directory.toString(),
                    null,
                    "no file " + TRAIN + IMAGES + "[.gz] in this directory");
        }
        if (images.isEmpty()) {
            throw new NoSuchFileException(
                    directory.toString(),
                    null,
                    "no test file " + OFFICIAL_TEST + IMAGES + "[.gz] in this directory");
        }
        String test = images.containsKey(OFFICIAL_TEST) ? OFFICIAL_TEST : images.firstKey();
        if (!test.equals(OFFICIAL_TEST) && images.size() > 1) {
            throw new IOException(
                    directory
                            + " has several sets that could be the test set: "
                            + images.keySet()
                            + "; one beside \""
                            + TRAIN
                            + "\", or one named \""
                            + OFFICIAL_TEST
                            + "\", is what is read.");
        }
        return new ImageSplit(readPair(directory, TRAIN), readPair(directory, test));
    }

    private static ImageSet readPair(Path directory, String prefix) throws IOException {
        IdxFile images = IdxFile.read(require(directory, prefix + IMAGES), 3);
        Path labelFile = require(directory, prefix + LABELS);
        IdxFile labels = IdxFile.read(labelFile, 1);
        if (images.size(0) != labels.size(0)) {
            throw new IOException(
                    labelFile
                            + " has "
                            + labels.size(0)
                            + " labels for "
                            + images.size(0)
                            + " images.");
        }
        byte[] classes = labels.values();
        for (int i = 0; i < classes.length; i++) {
            int label = classes[i] & 0xFF;
            if (label >= CLASSES) {
                throw new IOException(
                        labelFile
                                + ", record "
                                + i
                                + ": label "
                                + label
                                + "; labels are 0 to "
                                + (CLASSES - 1)
                                + ".");
            }
        }
        return new ImageSet(1, images.size(1), images.size(2), CLASSES, images.values(), classes);
    }

    private static Path require(Path directory, String name) throws IOException {
        return find(directory, name)
                .orElseThrow(
                        () ->
                                new NoSuchFileException(
                                        directory.resolve(name).toString(),
                                        null,
                                        "nor " + name + COMPRESSED));
    }

    private static Optional<Path> find(Path directory, String name) {
        Path plain = directory.resolve(name);
        if (Files.isRegularFile(plain)) {
            return Optional.of(plain);
        }
        Path compressed = directory.resolve(name + COMPRESSED);
        return Files.isRegularFile(compressed) ? Optional.of(compressed) : Optional.empty();
    }

    private static boolean isCompressed(Path file) {
        return file.getFileName().toString().endsWith(COMPRESSED);
    }
}
