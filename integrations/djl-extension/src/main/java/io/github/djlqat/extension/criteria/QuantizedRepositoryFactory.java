package io.github.djlqat.extension.criteria;

import ai.djl.repository.Metadata;
import ai.djl.repository.Repository;
import ai.djl.repository.RepositoryFactory;
import ai.djl.util.JsonUtils;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Opens model folders and files as DJL itself does; artifacts that are loaded with the option
 * {@code quantization} are loaded by {@link QuantizedEngine}.
 *
 * <p>DJL lets a factory that {@link java.util.ServiceLoader} finds take the place of its own for a
 * scheme.
 */
public final class QuantizedRepositoryFactory implements RepositoryFactory {

    private static final String SCHEME = "file";

    /** Creates a factory, as {@link java.util.ServiceLoader} does. */
    public QuantizedRepositoryFactory() {}

    @Override
    public Repository newInstance(String name, URI uri) {
        Path path = path(uri);
        return Files.isDirectory(path) && holdsMetadata(path)
                ? new QuantizedRepositories.OfMetadata(name, path.toUri(), path)
                : new QuantizedRepositories.OfFolder(name, uri, path);
    }

    @Override
    public Set<String> getSupportedScheme() {
        return Set.of(SCHEME);
    }

    /** The query of such a URL holds arguments, which are no part of the path. */
    private static Path path(URI uri) {
        String path = uri.getPath();
        if (path == null) {
            path = uri.getSchemeSpecificPart();
        }
        boolean drive = path.matches("/[A-Za-z]:.*");
        return Path.of(drive ? path.substring(1) : path);
    }

    private static boolean holdsMetadata(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.anyMatch(file -> !root.equals(file.getParent()) && isMetadata(file));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isMetadata(Path file) {
        if (!file.endsWith("metadata.json") || !Files.isRegularFile(file)) {
            return false;
        }
        try (Reader reader = Files.newBufferedReader(file)) {
            Metadata metadata = JsonUtils.GSON.fromJson(reader, Metadata.class);
            return metadata != null
                    && metadata.getMetadataVersion() != null
                    && metadata.getArtifacts() != null;
        } catch (IOException | RuntimeException e) { // what is no JSON is no metadata
            return false;
        }
    }
}
