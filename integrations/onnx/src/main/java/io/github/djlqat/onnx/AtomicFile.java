package io.github.djlqat.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file so that it either holds everything or is what it was before. */
final class AtomicFile {

    /** Puts bytes into a file that is there. */
    @FunctionalInterface
    interface Writer {
        void write(Path file, byte[] bytes) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes a file.
     *
     * @throws IOException naming the file and the reason, with nothing left behind
     */
    static void write(Path path, byte[] bytes) throws IOException {
        write(path, bytes, AtomicFile::writeAll);
    }

    static void write(Path path, byte[] bytes, Writer writer) throws IOException {
        Path target = path.toAbsolutePath();
        Path folder = target.getParent();
        if (Files.isDirectory(target)) {
            throw new IOException(
                    "Cannot write " + path + ": it is a directory; give the name of a file.");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException(
                    "Cannot write " + path + ": there is no directory " + folder + ".");
        }
        Path temporary = null;
        try {
            temporary = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
            writer.write(temporary, bytes);
            move(temporary, target);
        } catch (IOException e) {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
            String reason =
                    e instanceof AccessDeniedException
                            ? "permission denied"
                            : String.valueOf(e.getMessage());
            throw new IOException(
                    "Cannot write " + bytes.length + " bytes to " + path + ": " + reason + ".", e);
        }
    }

    /** Writes all bytes and waits until the device has them. */
    static void writeAll(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
