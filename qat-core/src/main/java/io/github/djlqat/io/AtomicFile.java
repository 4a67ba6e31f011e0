package io.github.djlqat.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that its path holds the old content or the whole new one at any moment, also
 * after a crash.
 *
 * <p>The content goes into a file beside, which is forced to the device and then renamed. Where the
 * file system cannot rename atomically, the file is replaced by an ordinary move.
 */
public final class AtomicFile {

    private AtomicFile() {}

    /** What is written. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes the content.
         *
         * @param channel an empty file, open for writing; closed by the caller
         * @throws IOException if it cannot be written
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes bytes into a file.
     *
     * @param path the file, in a directory that is there; a file that exists is replaced
     * @param bytes the whole new content
     * @throws IOException naming the file and the reason if it cannot be written; the file is then
     *     as it was before, and nothing is left beside it
     */
    public static void write(Path path, byte[] bytes) throws IOException {
        write(
                path,
                channel -> {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                });
    }

    /**
     * Writes a file. What the content throws, other than an {@link IOException}, is passed on as it
     * is; the file is then as it was before, too.
     *
     * @param path the file, in a directory that is there; a file that exists is replaced
     * @param content what is written
     * @throws IOException naming the file and the reason if it cannot be written; the file is then
     *     as it was before, and nothing is left beside it
     */
    public static void write(Path path, Content content) throws IOException {
        Path target = path.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new IOException(
                    "Cannot write " + path + ": it is a directory; give the name of a file.");
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "Cannot write " + path + ": there is no directory " + folder + ".");
        }
        // Not Files.createTempFile: its files are private to the user, and stay so when renamed.
        // Without the target's name, which may be as long as the file system allows.
        Path beside = folder.resolve("." + UUID.randomUUID() + ".tmp");
        try {
            replace(beside, target, content);
        } catch (IOException e) {
            discard(beside, e);
            throw new IOException("Cannot write " + path + ": " + reason(e) + ".", e);
        } catch (RuntimeException | Error e) {
            discard(beside, e);
            throw e;
        }
        forceEntry(folder);
    }

    private static void replace(Path beside, Path target, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
            channel.force(true);
        }
        try {
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void discard(Path beside, Throwable cause) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Makes the new name last through a loss of power. */
    private static void forceEntry(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Not every system opens directories or forces them, and the file is whole by now.
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        // The message of a file system's exception starts with the name of the file beside.
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        if (reason != null) {
            return reason;
        }
        return e instanceof NoSuchFileException
                ? "no file can be made there"
                : "the file system refuses it";
    }
}
