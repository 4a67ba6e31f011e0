package io.github.djlqat.onnx;

import ai.djl.translate.TranslatorFactory;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes exported models as folders that DJL's OnnxRuntime engine loads, with what its translator
 * needs to know: {@code model.onnx}, {@code serving.properties} and {@code synset.txt}.
 *
 * <p>The folder is loaded as any other model is; with {@code ai.djl.onnxruntime:onnxruntime-engine}
 * on the class path nothing in the serving code names the runtime:
 *
 * <pre>{@code
 * ServingFolder.builder()
 *         .setTranslatorFactory(ImageClassificationTranslatorFactory.class)
 *         .optArgument("toTensor", "true")
 *         .optClasses(List.of("cat", "dog"))
 *         .build()
 *         .write(OnnxExporter.builder().build(), graphs.get(0), graphs.get(1), folder);
 *
 * Criteria<Image, Classifications> criteria =
 *         Criteria.builder().setTypes(Image.class, Classifications.class).optModelPath(folder).build();
 * }</pre>
 */
public final class ServingFolder {

    private static final String MODEL = "model.onnx";
    private static final String PROPERTIES = "serving.properties";
    private static final String SYNSET = "synset.txt";
    private static final String OPTION = "option.";
    private static final String ENGINE = "engine";
    private static final String TRANSLATOR_FACTORY = "translatorFactory";

    private final Map<String, String> properties;
    private final List<String> classes;

    private ServingFolder(Builder builder) {
        properties = new TreeMap<>(builder.properties);
        classes = builder.classes;
    }

    /**
     * Returns a builder.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Exports a model that was traced at two batch sizes.
     *
     * @param exporter how it is exported
     * @param graph the traced model
     * @param other the same model traced at another batch size
     * @param folder the folder, made if it is not there; files of the same names are replaced
     * @throws IOException if a file cannot be written; the model is then as it was before
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public void write(OnnxExporter exporter, Graph graph, Graph other, Path folder)
            throws IOException {
        write(exporter, List.of(graph, other), folder);
    }

    /**
     * Exports a model that was traced once, and again for each dynamic axis of the exporter.
     *
     * @param exporter how it is exported
     * @param traces the traced model, followed by the other traces in the order of the axes
     * @param folder the folder, made if it is not there; files of the same names are replaced
     * @throws IOException if a file cannot be written; the model is then as it was before
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public void write(OnnxExporter exporter, List<Graph> traces, Path folder) throws IOException {
        Files.createDirectories(folder);
        if (!classes.isEmpty()) {
            String lines = String.join("\n", classes) + "\n";
            AtomicFile.write(folder.resolve(SYNSET), lines.getBytes(StandardCharsets.UTF_8));
        }
        AtomicFile.write(folder.resolve(PROPERTIES), serialized());
        exporter.export(traces, folder.resolve(MODEL));
    }

    /** The properties in the order of their names, without the date that Java adds. */
    private byte[] serialized() throws IOException {
        Properties all = new Properties();
        all.putAll(properties);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        all.store(out, null);
        return out.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Builds a writer of folders. */
    public static final class Builder {

        private final Map<String, String> properties = new TreeMap<>();
        private List<String> classes = List.of();
        private @Nullable String factory;

        Builder() {}

        /**
         * Sets what makes the translator.
         *
         * @param type a class with a constructor without parameters, on the class path where the
         *     model is served
         * @return this
         */
        public Builder setTranslatorFactory(Class<? extends TranslatorFactory> type) {
            factory = type.getName();
            return this;
        }

        /**
         * Adds an argument of the translator's factory, such as {@code normalize} of an image
         * classifier.
         *
         * @param name its name
         * @param value its value, as the factory parses it
         * @return this
         * @throws IllegalArgumentException if the name is empty, or one of those written anyway
         */
        public Builder optArgument(String name, String value) {
            if (name.isBlank()
                    || name.equals(ENGINE)
                    || name.equals(TRANSLATOR_FACTORY)
                    || name.startsWith(OPTION)) {
                throw new IllegalArgumentException(
                        "A translator's argument cannot be named \""
                                + name
                                + "\"; legal are names that are not blank, but engine, translatorFactory"
                                + " and those that begin with \"option.\".");
            }
            properties.put(name, value);
            return this;
        }

        /**
         * Adds an option of DJL's OnnxRuntime engine, such as {@code intraOpNumThreads}.
         *
         * @param name its name
         * @param value its value
         * @return this
         * @throws IllegalArgumentException if the name is blank
         */
        public Builder optOption(String name, String value) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("An option of the engine has a name.");
            }
            properties.put(OPTION + name, value);
            return this;
        }

        /**
         * Sets the names of a classifier's classes.
         *
         * @param names the names in the order of the outputs
         * @return this
         * @throws IllegalArgumentException if a name has more than one line
         */
        public Builder optClasses(List<String> names) {
            for (String name : names) {
                if (name.lines().count() > 1 || name.endsWith("\n")) {
                    throw new IllegalArgumentException(
                            "The class \"" + name + "\" has more than one line.");
                }
            }
            classes = List.copyOf(names);
            return this;
        }

        /**
         * Builds it.
         *
         * @return the writer
         * @throws IllegalStateException if no translator factory was set
         */
        public ServingFolder build() {
            if (factory == null) {
                throw new IllegalStateException("A translator factory has to be set.");
            }
            properties.put(ENGINE, "OnnxRuntime");
            properties.put(TRANSLATOR_FACTORY, factory);
            return new ServingFolder(this);
        }
    }
}
