package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes models into files, large initializers into a second file beside.
 *
 * <p>The second file is named after its content, and written before the model that names it takes
 * the path. So the path holds the old model or the new one at any moment, each with its data.
 */
final class ModelWriter {

    /** What a protocol buffer can hold, less room for what is no initializer. */
    private static final long LARGEST = Integer.MAX_VALUE - (64L << 20);

    /** Initializers below this many bytes stay in a model that has to be split. */
    private static final long SMALLEST_OUTSIDE = 1024;

    private final @Nullable Long threshold;
    private final long largest;

    /**
     * Creates a writer.
     *
     * @param threshold the bytes from which on an initializer is written beside; null to do so only
     *     where a file cannot hold the model
     */
    ModelWriter(@Nullable Long threshold) {
        this(threshold, LARGEST);
    }

    ModelWriter(@Nullable Long threshold, long largest) {
        this.threshold = threshold;
        this.largest = largest;
    }

    /**
     * Writes a model, after ONNX Runtime loaded it.
     *
     * @throws IOException if a file cannot be written; the path then holds what it held before
     */
    void write(ModelProto model, Path path) throws IOException {
        long from = smallestOutside(model);
        List<TensorProto> outside =
                model.getGraph().getInitializerList().stream()
                        .filter(tensor -> tensor.getRawData().size() >= from)
                        .toList();
        if (outside.isEmpty()) {
            byte[] bytes = model.toByteArray();
            ModelChecker.checkLoads(bytes, null);
            AtomicFile.write(path, bytes);
            deleteStale(path, null);
            return;
        }
        ExternalData data = ExternalData.of(outside);
        Path beside = path.resolveSibling(dataName(path, data.digest()));
        boolean known = Files.exists(beside);
        try {
            AtomicFile.write(beside, data::writeTo);
            byte[] bytes = split(model, data, name(beside)).toByteArray();
            ModelChecker.checkLoads(bytes, path.toAbsolutePath().getParent());
            AtomicFile.write(path, bytes);
        } catch (IOException | RuntimeException | Error e) {
            if (!known) {
                Files.deleteIfExists(beside);
            }
            throw e;
        }
        deleteStale(path, beside);
    }

    private long smallestOutside(ModelProto model) {
        if (threshold != null) {
            return threshold;
        }
        long size =
                model.getGraph().getInitializerList().stream()
                        .mapToLong(tensor -> tensor.getRawData().size())
                        .sum();
        return size > largest ? SMALLEST_OUTSIDE : Long.MAX_VALUE;
    }

    private static ModelProto split(ModelProto model, ExternalData data, String location) {
        List<TensorProto> initializers = new ArrayList<>();
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            initializers.add(data.reference(tensor, location));
        }
        return model.toBuilder()
                .setGraph(
                        model.getGraph().toBuilder()
                                .clearInitializer()
                                .addAllInitializer(initializers))
                .build();
    }

    private static String name(Path path) {
        return Objects.requireNonNull(path.getFileName(), path.toString()).toString();
    }

    private static String dataName(Path path, String digest) {
        return name(path) + "-" + digest + ".data";
    }

    /** Deletes the data of models that the path held before. */
    private static void deleteStale(Path path, @Nullable Path current) throws IOException {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), path.toString());
        String prefix = name(path) + "-";
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        folder,
                        file ->
                                name(file).startsWith(prefix)
                                        && name(file)
                                                .substring(prefix.length())
                                                .matches("[0-9a-f]{16}\\.data"))) {
            for (Path file : files) {
                if (current == null || !name(file).equals(name(current))) {
                    Files.delete(file);
                }
            }
        }
    }
}
