package io.github.djlqat.workflow.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes folders that appear whole or not at all: beside, and then renamed. */
final class OutputFolder {

    private OutputFolder() {}

    /** What is written. */
    @FunctionalInterface
    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    /**
     * Writes a folder.
     *
     * @param target the folder; one that is empty, or holds the file by which those written before
     *     are known, is replaced
     * @param known the name of that file
     * @throws IOException if it cannot be written or holds something else; it is then as it was
     */
    static void write(Path target, String known, Content content) throws IOException {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException(
                    "Cannot write " + target + ": there is no directory " + parent + ".");
        }
        requireReplaceable(target, known);
        Path beside = parent.resolve("." + UUID.randomUUID() + ".tmp");
        Path old = parent.resolve("." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectory(beside);
            content.writeTo(beside);
            if (Files.exists(target)) {
                Files.move(target, old);
            }
            try {
                Files.move(beside, target);
            } catch (IOException e) {
                if (Files.exists(old)) {
                    Files.move(old, target);
                }
                throw e;
            }
        } finally {
            delete(beside);
            delete(old);
        }
    }

    static void requireReplaceable(Path target, String known) throws IOException {
        if (!Files.exists(target) || Files.isRegularFile(target.resolve(known))) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new IOException(
                    "Cannot write the folder " + target + ": there is a file of this name.");
        }
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(target)) {
            if (inside.iterator().hasNext()) {
                throw new IOException(
                        "Cannot write the folder "
                                + target
                                + ": it holds other files than a model's; give another name, or"
                                + " empty it.");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException e) throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
