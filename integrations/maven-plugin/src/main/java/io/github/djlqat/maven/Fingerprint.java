package io.github.djlqat.maven;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tells by content whether what an output was made of, and the output itself, are as they were.
 *
 * <p>A file beside the build's outputs keeps the SHA-256 of each.
 */
final class Fingerprint {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final Map<String, String> inputs = new TreeMap<>();

    private Fingerprint(Path file) {
        this.file = file;
    }

    /**
     * Reads the inputs as they are now.
     *
     * @param file where fingerprints are kept
     * @param request what is asked for, in words
     * @param inputs files and folders; those that are not there count as such
     */
    static Fingerprint of(Path file, String request, List<Path> inputs) throws IOException {
        Fingerprint fingerprint = new Fingerprint(file);
        MessageDigest digest = sha256();
        digest.update(request.getBytes(StandardCharsets.UTF_8));
        fingerprint.inputs.put("request", hex(digest));
        for (Path input : inputs) {
            fingerprint.inputs.put("input " + input, digest(input));
        }
        return fingerprint;
    }

    /** Whether the outputs are those that these inputs gave. */
    boolean matches(List<Path> outputs) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        for (Path output : outputs) {
            if (!Files.exists(output)) {
                return false;
            }
        }
        try {
            Map<String, String> known =
                    MAPPER.readValue(
                            Files.readAllBytes(file), new TypeReference<Map<String, String>>() {});
            return all(outputs).equals(known);
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Keeps the inputs as they were read, and the outputs as they are now. */
    void write(List<Path> outputs) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        AtomicFile.write(file, MAPPER.writeValueAsBytes(all(outputs)));
    }

    private Map<String, String> all(List<Path> outputs) throws IOException {
        Map<String, String> all = new TreeMap<>(inputs);
        for (Path output : outputs) {
            all.put("output " + output, digest(output));
        }
        return all;
    }

    private static String digest(Path path) throws IOException {
        MessageDigest digest = sha256();
        if (!Files.exists(path)) {
            return "none";
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        byte[] buffer = new byte[BUFFER];
        for (Path each : files) {
            String name = path.relativize(each) + " " + Files.size(each) + "\n";
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            try (InputStream in = Files.newInputStream(each)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                }
            }
        }
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256.", e);
        }
    }
}
