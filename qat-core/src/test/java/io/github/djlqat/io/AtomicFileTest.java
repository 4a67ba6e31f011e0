package io.github.djlqat.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir Path folder;

    private void holdsOnly(Path... expected) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(expected);
        }
    }

    @Test
    void aFileIsMadeAndThenReplaced() throws Exception {
        Path file = folder.resolve("model.bin");
        AtomicFile.write(file, new byte[] {1, 2, 3});
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
        AtomicFile.write(file, new byte[] {4});
        assertThat(file).hasBinaryContent(new byte[] {4});
        holdsOnly(file);
    }

    @Test
    void theOldContentStaysUntilTheNewOneIsWhole() throws Exception {
        Path file = folder.resolve("model.bin");
        Files.writeString(file, "old");
        AtomicFile.write(
                file,
                channel -> {
                    channel.write(ByteBuffer.wrap(new byte[] {7}));
                    assertThat(file).hasContent("old");
                    channel.write(ByteBuffer.wrap(new byte[] {8}));
                });
        assertThat(file).hasBinaryContent(new byte[] {7, 8});
    }

    @Test
    void aFullDiskKeepsTheOldFileAndNamesThePath() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(Files.exists(full)).isTrue();
        Path file = folder.resolve("model.bin");
        Files.writeString(file, "old");
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        file,
                                        channel -> {
                                            channel.write(ByteBuffer.wrap(new byte[] {1, 2}));
                                            writeTo(full);
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("No space left");
        assertThat(file).hasContent("old");
        holdsOnly(file);
    }

    private static void writeTo(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[10]));
        }
    }

    @Test
    void aFailedWriteKeepsTheOldFileAndNamesThePath() throws Exception {
        Path file = folder.resolve("model.bin");
        Files.writeString(file, "old");
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        file,
                                        channel -> {
                                            channel.write(ByteBuffer.wrap(new byte[] {1, 2}));
                                            throw new IOException("No space left on device");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot write " + file + ": No space left on device.");
        assertThat(file).hasContent("old");
        holdsOnly(file);
    }

    @Test
    void aRuntimeExceptionIsPassedOnAndLeavesNothing() throws Exception {
        IllegalStateException thrown = new IllegalStateException("changed");
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        folder.resolve("model.bin"),
                                        channel -> {
                                            throw thrown;
                                        }))
                .isSameAs(thrown);
        holdsOnly();
    }

    @Test
    void aDirectoryIsNotOverwritten() throws Exception {
        Path occupied = Files.createDirectory(folder.resolve("model.bin"));
        assertThatThrownBy(() -> AtomicFile.write(occupied, new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(occupied.toString())
                .hasMessageContaining("it is a directory");
        holdsOnly(occupied);
    }

    @Test
    void aMissingDirectoryIsNamed() throws Exception {
        Path missing = folder.resolve("missing");
        Path file = missing.resolve("model.bin");
        assertThatThrownBy(() -> AtomicFile.write(file, new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("no directory " + missing);
        holdsOnly();
    }

    @Test
    void theLongestNameIsWritten() throws Exception {
        Path file = folder.resolve("n".repeat(255));
        AtomicFile.write(file, new byte[] {5});
        assertThat(file).hasBinaryContent(new byte[] {5});
        holdsOnly(file);
    }

    @Test
    void theFileIsAsReadableAsAnyOther() throws Exception {
        assumeThat(Files.getFileStore(folder).supportsFileAttributeView("posix")).isTrue();
        Path ordinary = Files.createFile(folder.resolve("ordinary"));
        Path file = folder.resolve("model.bin");
        AtomicFile.write(file, new byte[1]);
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(Files.getPosixFilePermissions(ordinary));
    }
}
