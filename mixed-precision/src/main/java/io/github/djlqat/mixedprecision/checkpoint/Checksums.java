package io.github.djlqat.mixedprecision.checkpoint;

import io.github.djlqat.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a checkpoint and their SHA-256 sums, which lie in a file that {@code sha256sum
 * --check} reads.
 */
final class Checksums {

    private static final String FILE = "SHA256SUMS";
    private static final String SEPARATOR = "  ";

    /** What a file holds. */
    @FunctionalInterface
    interface Content {

        void writeTo(DataOutputStream out) throws IOException;
    }

    private final Path directory;
    private final Map<String, String> sums;

    private Checksums(Path directory, Map<String, String> sums) {
        this.directory = directory;
        this.sums = sums;
    }

    /** The sums of a directory that is empty. */
    static Checksums empty(Path directory) {
        return new Checksums(directory, new LinkedHashMap<>());
    }

    /** Writes a file and remembers its sum. */
    void write(String name, Content content) throws IOException {
        MessageDigest digest = sha256();
        AtomicFile.write(
                directory.resolve(name),
                channel -> {
                    DataOutputStream out =
                            new DataOutputStream(
                                    new BufferedOutputStream(
                                            new DigestOutputStream(
                                                    Channels.newOutputStream(channel), digest),
                                            1 << 16));
                    content.writeTo(out);
                    out.flush();
                });
        sums.put(name, HexFormat.of().formatHex(digest.digest()));
    }

    /** Writes the sums of all files. */
    void write() throws IOException {
        StringBuilder lines = new StringBuilder();
        sums.forEach((name, sum) -> lines.append(sum).append(SEPARATOR).append(name).append('\n'));
        AtomicFile.write(
                directory.resolve(FILE), lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the sums of a directory, without checking them. */
    static Checksums read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException("it has no " + FILE);
        }
        Map<String, String> sums = new LinkedHashMap<>();
        // Whatever bytes there are become some text.
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        for (String line : text.split("\n")) {
            int space = line.indexOf(SEPARATOR);
            if (space < 0) {
                throw new CheckpointException("its " + FILE + " is damaged");
            }
            sums.put(line.substring(space + SEPARATOR.length()), line.substring(0, space));
        }
        return new Checksums(directory, sums);
    }

    /** Checks that a file is there and is what was written. */
    void check(String name) throws IOException {
        String expected = sums.get(name);
        Path file = directory.resolve(name);
        if (expected == null || !Files.isRegularFile(file)) {
            throw new CheckpointException("it lacks " + name);
        }
        if (!expected.equals(sum(file))) {
            throw new CheckpointException(name + " is not what was written");
        }
    }

    private static String sum(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
