package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads images and labels in the idx format, that of MNIST: {@code NAME-images-idx3-ubyte} and
 * {@code NAME-labels-idx1-ubyte}, each as it is or compressed with a name ending in {@code .gz}.
 * Given a folder, the split tells the name: {@code train}, or {@code test} for the other one.
 *
 * <p>Source: <a href="http://yann.lecun.com/exdb/mnist/">LeCun, Cortes, Burges, The MNIST
 * database</a>.
 */
public final class IdxReader implements SampleReader {

    private static final Pattern IMAGES = Pattern.compile("(.*)-images[-.]idx(\\d)-ubyte(\\.gz)?");
    private static final Pattern EVALUATED = Pattern.compile("test|t\\d+k");
    private static final String TRAIN = "train";
    private static final String TEST = "test";

    /** Creates the reader. */
    public IdxReader() {}

    @Override
    public String description() {
        return "idx files and folders of them (MNIST)";
    }

    @Override
    public boolean supports(DataSource source) throws IOException {
        return Files.isDirectory(source.path())
                ? !images(source.path()).isEmpty()
                : IMAGES.matcher(String.valueOf(source.path().getFileName())).matches()
                        || String.valueOf(source.path().getFileName())
                                .matches(".*[-.](idx\\d-ubyte|idx)(\\.gz)?");
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        Path images = Files.isDirectory(source.path()) ? choose(source) : source.path();
        IdxFile file = IdxFile.read(images);
        if (file.sizes().length < 2) {
            throw new IOException(
                    images + " holds labels, or one number for each sample; inputs have more.");
        }
        Path labels = source.labels() != null ? source.labels() : labelsBeside(images);
        return new Samples(
                images.toString(),
                List.of(
                        ByteColumn.of(
                                "images",
                                sample(file, source.preparation()),
                                file.values(),
                                source.preparation())),
                labels == null ? null : LongColumn.classes("labels", IdxFile.read(labels).longs()),
                List.of());
    }

    private static Shape sample(IdxFile file, Preparation preparation) {
        int[] sizes = file.sizes();
        long[] sample =
                sizes.length == 3
                        ? new long[] {1, sizes[1], sizes[2]}
                        : Arrays.stream(sizes).skip(1).asLongStream().toArray();
        Shape own = new Shape(sample);
        if (preparation.sampleShape().isEmpty()) {
            return own;
        }
        Shape asked = new Shape(preparation.sampleShape());
        if (asked.size() != own.size()) {
            throw new IllegalArgumentException(
                    "Samples of shape " + own + " cannot be taken as of shape " + asked + ".");
        }
        return asked;
    }

    private static TreeMap<String, Path> images(Path folder) throws IOException {
        TreeMap<String, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher matcher = IMAGES.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    found.merge(
                            matcher.group(1), file, (a, b) -> a.toString().endsWith(".gz") ? b : a);
                }
            }
        }
        return found;
    }

    private static Path choose(DataSource source) throws IOException {
        TreeMap<String, Path> found = images(source.path());
        String split = source.split();
        if (found.size() == 1 && !isOther(found.firstKey(), split)) {
            return found.firstEntry().getValue();
        }
        if (split == null) {
            throw source.noSuchSplit(found.keySet());
        }
        Path exact = found.get(split);
        if (exact != null) {
            return exact;
        }
        if (split.equals(TEST)) {
            List<String> others =
                    found.keySet().stream().filter(name -> !name.equals(TRAIN)).toList();
            if (others.size() == 1) {
                return Objects.requireNonNull(found.get(others.get(0)));
            }
        }
        throw source.noSuchSplit(found.keySet());
    }

    /** Whether a set by its name is the other one than a split that is asked for. */
    private static boolean isOther(String name, @Nullable String split) {
        return name.equals(TRAIN)
                ? TEST.equals(split)
                : EVALUATED.matcher(name).matches() && TRAIN.equals(split);
    }

    private static @Nullable Path labelsBeside(Path images) {
        String name = images.getFileName().toString();
        String labels = name.replaceFirst("-images([-.])idx\\d", "-labels$1idx1");
        for (String candidate :
                List.of(labels, labels.replaceFirst("\\.gz$", ""), labels + ".gz")) {
            Path file = images.resolveSibling(candidate);
            if (!candidate.equals(name) && Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }
}
