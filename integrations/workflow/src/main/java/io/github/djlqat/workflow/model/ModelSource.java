package io.github.djlqat.workflow.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is, and what has to be known to open it.
 *
 * @param path a file or folder
 * @param blockFactory the class that makes the model's block, where the weights do not come with an
 *     architecture: a {@link ai.djl.nn.BlockFactory}, or a {@link ai.djl.nn.Block} with a
 *     constructor without parameters; null to take the one that the model's folder names
 * @param classPath jars and class folders to find that class in
 * @param inputShapes the shape of one sample of each input, without a batch dimension; empty where
 *     the model or the data tell
 */
public record ModelSource(
        Path path,
        @Nullable String blockFactory,
        List<Path> classPath,
        List<List<Long>> inputShapes) {

    /**
     * Copies the lists.
     *
     * @param path a file or folder
     * @param blockFactory the class that makes the model's block, where the weights do not come
     *     with an architecture: a {@link ai.djl.nn.BlockFactory}, or a {@link ai.djl.nn.Block} with
     *     a constructor without parameters; null to take the one that the model's folder names
     * @param classPath jars and class folders to find that class in
     * @param inputShapes the shape of one sample of each input, without a batch dimension; empty
     *     where the model or the data tell
     * @throws IllegalArgumentException if a size in a shape is not above 0
     */
    public ModelSource {
        Objects.requireNonNull(path, "path");
        classPath = List.copyOf(classPath);
        inputShapes = inputShapes.stream().map(List::copyOf).toList();
        for (List<Long> shape : inputShapes) {
            if (shape.stream().anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException(
                        "The input shape "
                                + shape
                                + " holds a size below 1; sizes are at least 1.");
            }
        }
    }

    /**
     * Creates a source that needs nothing but its path.
     *
     * @param path a file or folder
     * @return the source
     */
    public static ModelSource of(Path path) {
        return new ModelSource(path, null, List.of(), List.of());
    }

    /**
     * Returns this source with another class that makes the block.
     *
     * @param newBlockFactory the name of the class, or null
     * @param newClassPath jars and class folders to find it in
     * @return the source
     */
    public ModelSource withBlockFactory(@Nullable String newBlockFactory, List<Path> newClassPath) {
        return new ModelSource(path, newBlockFactory, newClassPath, inputShapes);
    }

    /**
     * Returns this source with shapes of inputs.
     *
     * @param newInputShapes the shape of one sample of each input
     * @return the source
     */
    public ModelSource withInputShapes(List<List<Long>> newInputShapes) {
        return new ModelSource(path, blockFactory, classPath, newInputShapes);
    }
}
