package io.github.djlqat.workflow.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes and reads shapes of samples, such as {@code 3x32x32}. */
public final class Shapes {

    private Shapes() {}

    /**
     * Reads one shape.
     *
     * @param text sizes with an {@code x} or a comma between them
     * @return the sizes
     * @throws IllegalArgumentException if the text is no shape
     */
    public static List<Long> parse(String text) {
        List<Long> sizes = new ArrayList<>();
        try {
            for (String size : text.strip().split("[x,]", -1)) {
                sizes.add(Long.parseLong(size.strip()));
            }
        } catch (NumberFormatException e) {
            throw wrong(text, e);
        }
        if (sizes.stream().anyMatch(size -> size < 1)) {
            throw wrong(text, null);
        }
        return List.copyOf(sizes);
    }

    /**
     * Reads the shapes of several inputs.
     *
     * @param text shapes with a semicolon between them
     * @return the shapes
     * @throws IllegalArgumentException if one is no shape
     */
    public static List<List<Long>> parseAll(String text) {
        List<List<Long>> shapes = new ArrayList<>();
        for (String shape : text.split(";", -1)) {
            shapes.add(parse(shape));
        }
        return List.copyOf(shapes);
    }

    /**
     * Writes the shapes of several inputs.
     *
     * @param shapes the shapes
     * @return the text that {@link #parseAll} reads
     */
    public static String print(List<List<Long>> shapes) {
        return shapes.stream()
                .map(shape -> shape.stream().map(Object::toString).collect(Collectors.joining("x")))
                .collect(Collectors.joining(";"));
    }

    private static IllegalArgumentException wrong(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "\""
                        + text
                        + "\" is not the shape of a sample; legal are sizes of at least 1 such as"
                        + " 3x32x32, without the batch.",
                cause);
    }
}
