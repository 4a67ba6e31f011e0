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

    private AtomicFile() {}

    /**
     * Writes a file.
     *
     * @throws IOException naming the file and the reason, with nothing left behind
     */
    static void write(Path path, byte[] bytes) throws IOException {
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
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
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

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
