package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads folders of images: a folder for each class, in the order of their names, as DJL's {@code
 * ImageFolder} and torchvision's. A folder of folders named {@code train}, {@code test} or the like
 * holds several sets, of which the split names one.
 */
public final class ImageFolderReader implements SampleReader {

    private static final Set<String> SPLITS = Set.of("train", "test", "val", "validation");
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "bmp", "gif");

    /** Creates the reader. */
    public ImageFolderReader() {}

    @Override
    public String description() {
        return "folders of images with a folder for each class";
    }

    @Override
    public boolean supports(DataSource source) throws IOException {
        if (!Files.isDirectory(source.path())) {
            return false;
        }
        for (Path folder : folders(root(source))) {
            if (!images(folder).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        source.requireNoLabels();
        List<Integer> size = source.preparation().imageSize();
        if (size.isEmpty()) {
            throw new IllegalArgumentException(
                    "The images in "
                            + source.path()
                            + " are resized to one size; give it, such as 224x224.");
        }
        List<Path> files = new ArrayList<>();
        List<Long> labels = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        for (Path folder : folders(root(source))) {
            for (Path image : images(folder)) {
                files.add(image);
                labels.add((long) classes.size());
            }
            classes.add(folder.getFileName().toString());
        }
        return new Samples(
                source.path().toString(),
                List.of(
                        new ImageColumn(
                                files,
                                new Shape(3, size.get(0), size.get(1)),
                                source.preparation())),
                LongColumn.classes("labels", labels.stream().mapToLong(Long::longValue).toArray()),
                classes);
    }

    /** The folder whose folders are the classes. */
    private static Path root(DataSource source) throws IOException {
        List<String> names =
                folders(source.path()).stream()
                        .map(folder -> folder.getFileName().toString())
                        .toList();
        if (names.isEmpty() || !SPLITS.containsAll(names)) {
            return source.path();
        }
        String split = source.split();
        if (split == null || !names.contains(split)) {
            throw source.noSuchSplit(names);
        }
        return source.path().resolve(split);
    }

    private static List<Path> folders(Path path) throws IOException {
        try (Stream<Path> inside = Files.list(path)) {
            return inside.filter(Files::isDirectory)
                    .filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> images(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.contains(ending(file)))
                    .sorted()
                    .toList();
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
