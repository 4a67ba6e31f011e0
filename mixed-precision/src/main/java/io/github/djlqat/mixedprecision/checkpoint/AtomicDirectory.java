package io.github.djlqat.mixedprecision.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes and removes directories so that a name stands for a whole directory or for none at any
 * moment, also after a crash.
 */
final class AtomicDirectory {

    private static final String PREFIX = ".incomplete-";

    private AtomicDirectory() {}

    /** What is written into the directory. */
    @FunctionalInterface
    interface Content {

        void writeTo(Path directory) throws IOException;
    }

    /**
     * Makes a directory.
     *
     * @param target its path, which nothing has yet
     * @param content writes its files, and forces them to the device
     * @throws IOException if it cannot be written; nothing is left then
     */
    static void create(Path target, Content content) throws IOException {
        Path beside = beside(target);
        try {
            Files.createDirectory(beside);
            content.writeTo(beside);
            force(beside);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            try {
                deleteTree(beside);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        force(folder(target));
    }

    /** Removes a directory: first its name, then what it holds. */
    static void delete(Path target) throws IOException {
        Path beside = beside(target);
        Files.move(target, beside, StandardCopyOption.ATOMIC_MOVE);
        force(folder(target));
        deleteTree(beside);
    }

    /** Removes what a process that was killed has left in a folder. */
    static void deleteIncomplete(Path folder) throws IOException {
        List<Path> left;
        try (Stream<Path> paths = Files.list(folder)) {
            left = paths.filter(p -> p.getFileName().toString().startsWith(PREFIX)).toList();
        }
        for (Path path : left) {
            deleteTree(path);
        }
    }

    private static Path folder(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(target + " is in no folder.");
        }
        return folder;
    }

    private static Path beside(Path target) {
        return folder(target).resolve(PREFIX + UUID.randomUUID());
    }

    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Not every system opens directories or forces them.
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
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
                        if (e != null) {
                            throw e;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
