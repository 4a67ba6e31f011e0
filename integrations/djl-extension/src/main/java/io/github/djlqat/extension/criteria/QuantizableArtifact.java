package io.github.djlqat.extension.criteria;

import ai.djl.repository.Artifact;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An artifact that has {@link QuantizedEngine} load it where its options ask for quantization.
 *
 * <p>DJL's loader takes the arguments and then the options of an artifact, and reads the engine
 * from the arguments unless the criteria name one.
 */
final class QuantizableArtifact extends Artifact {

    private static final String ENGINE = "engine";

    private static final ThreadLocal<Map<String, Object>> LAST_ARGUMENTS = new ThreadLocal<>();

    private QuantizableArtifact(Artifact artifact) {
        setMetadataVersion(artifact.getMetadataVersion());
        setVersion(artifact.getVersion());
        setSnapshot(artifact.isSnapshot());
        setName(artifact.getName());
        setProperties(artifact.getProperties());
        setArguments(artifact.getArguments());
        setOptions(artifact.getOptions(null));
        setFiles(artifact.getFiles());
        setMetadata(artifact.getMetadata());
    }

    static @Nullable Artifact of(@Nullable Artifact artifact) {
        return artifact == null || artifact instanceof QuantizableArtifact
                ? artifact
                : new QuantizableArtifact(artifact);
    }

    @Override
    public Map<String, Object> getArguments(@Nullable Map<String, Object> override) {
        Map<String, Object> all = super.getArguments(override);
        LAST_ARGUMENTS.set(all);
        return all;
    }

    /**
     * Returns the options, and chooses the engine.
     *
     * @throws IllegalArgumentException if quantization is asked for and the arguments name an
     *     engine that does not quantize
     */
    @Override
    public Map<String, String> getOptions(@Nullable Map<String, String> override) {
        Map<String, String> options = super.getOptions(override);
        Map<String, Object> known = LAST_ARGUMENTS.get();
        LAST_ARGUMENTS.remove();
        if (!options.containsKey(QuantizationOptions.QUANTIZATION) || known == null) {
            return options;
        }
        Object engine = known.putIfAbsent(ENGINE, QuantizedEngine.NAME);
        if (QuantizedEngine.PYTORCH.equals(engine)) {
            known.put(ENGINE, QuantizedEngine.NAME);
        } else if (engine != null && !QuantizedEngine.NAME.equals(engine)) {
            throw new IllegalArgumentException(
                    "The option \"quantization\" is there, and the argument \"engine\" names "
                            + engine
                            + "; models of PyTorch are quantized.");
        }
        return new Unread(options);
    }

    /** Options that an engine which would leave the quantization out cannot read. */
    private static final class Unread extends ConcurrentHashMap<String, String> {

        private static final long serialVersionUID = 1L;

        Unread(Map<String, String> options) {
            super(options);
        }

        @Override
        public @Nullable String get(Object name) {
            return super.get(checked(name));
        }

        @Override
        public boolean containsKey(Object name) {
            return super.containsKey(checked(name));
        }

        /** {@link QuantizedModel} takes a copy; other models ask for options by name. */
        private static Object checked(Object name) {
            if (!"modelName".equals(name)) {
                throw new IllegalStateException(
                        "The option \"quantization\" is there, and the criteria name an engine that"
                                + " would leave it out: leave out optEngine, or call"
                                + " optEngine(\""
                                + QuantizedEngine.NAME
                                + "\").");
            }
            return Objects.requireNonNull(name);
        }
    }
}
