package io.github.djlqat.safetensors;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that its path holds the old content or the whole new one at any moment, also
 * after a crash.
 */
final class AtomicFile {

    private AtomicFile() {}

    /** What is written. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file: beside its place first, forced to the disk, then renamed. On any failure
     * nothing is left behind.
     *
     * @param path the file
     * @param content what is written
     * @throws IOException if the file cannot be written
     */
    static void write(Path path, Content content) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(path.toString(), null, "it is a directory");
        }
        // Not Files.createTempFile: its files are private to the user, and stay so when renamed.
        Path beside =
                target.resolveSibling(
                        "." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            try {
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
