package io.github.djlqat.extension.criteria;

import ai.djl.repository.Artifact;
import ai.djl.repository.LocalRepository;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.repository.SimpleRepository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DJL's repositories on disk, whose artifacts are {@link QuantizableArtifact}s. */
final class QuantizedRepositories {

    private QuantizedRepositories() {}

    /** A folder or file that is a model. */
    static final class OfFolder extends SimpleRepository {

        OfFolder(String name, URI uri, Path path) {
            super(name, uri, path);
        }

        @Override
        public @Nullable Metadata locate(MRL mrl) throws IOException {
            return quantizable(super.locate(mrl));
        }

        @Override
        public @Nullable Artifact resolve(MRL mrl, @Nullable Map<String, String> filter)
                throws IOException {
            return QuantizableArtifact.of(super.resolve(mrl, filter));
        }
    }

    /** A folder of models with their metadata. */
    static final class OfMetadata extends LocalRepository {

        OfMetadata(String name, URI uri, Path path) {
            super(name, uri, path);
        }

        @Override
        public @Nullable Metadata locate(MRL mrl) throws IOException {
            return quantizable(super.locate(mrl));
        }
    }

    private static @Nullable Metadata quantizable(@Nullable Metadata metadata) {
        if (metadata != null && metadata.getArtifacts() != null) {
            metadata.setArtifacts(
                    metadata.getArtifacts().stream().map(QuantizableArtifact::of).toList());
        }
        return metadata;
    }
}
