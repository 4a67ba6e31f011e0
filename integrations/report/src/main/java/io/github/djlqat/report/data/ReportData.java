package io.github.djlqat.report.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a report shows. Whatever is empty or null is left out of the report.
 *
 * @param title the title
 * @param model the name of the model, or null
 * @param recipe the text of the recipe, or null
 * @param results the variants of the model; the first is what the others are compared with
 * @param layers the layers in order of execution
 * @param histograms the distributions of tensors
 * @param graph the graph, or null
 * @param curves the training curves
 * @param environment what it ran on, by name, such as {@code Java} and {@code 17.0.15}
 * @param notes sentences to put under the title
 */
public record ReportData(
        String title,
        @Nullable String model,
        @Nullable String recipe,
        List<ResultRow> results,
        List<LayerRow> layers,
        List<TensorHistogram> histograms,
        @Nullable ModelGraph graph,
        List<Curve> curves,
        Map<String, String> environment,
        List<String> notes) {

    private static final int MAX_ROWS = 1_000;
    private static final int MAX_LAYERS = 10_000;
    private static final int MAX_NOTES = 100;

    /**
     * Copies the collections and checks the parts.
     *
     * @param title the title
     * @param model the name of the model, or null
     * @param recipe the text of the recipe, or null
     * @param results the variants of the model; the first is what the others are compared with
     * @param layers the layers in order of execution
     * @param histograms the distributions of tensors
     * @param graph the graph, or null
     * @param curves the training curves
     * @param environment what it ran on, by name, such as {@code Java} and {@code 17.0.15}
     * @param notes sentences to put under the title
     * @throws IllegalArgumentException if the title is blank or a collection larger than any report
     *     can show
     */
    public ReportData {
        Checks.name("title", title);
        Checks.optionalName("name of the model", model);
        if (recipe != null) {
            Checks.text("recipe", recipe, Checks.MAX_TEXT);
        }
        results = Checks.list("results", results, MAX_ROWS);
        layers = Checks.list("layers", layers, MAX_LAYERS);
        histograms = Checks.list("histograms", histograms, 2 * MAX_LAYERS);
        curves = Checks.list("curves", curves, MAX_ROWS);
        environment = Checks.map("versions", environment, MAX_ROWS);
        environment.forEach((key, value) -> Checks.name("version of " + key, value));
        notes = Checks.list("notes", notes, MAX_NOTES);
        notes.forEach(note -> Checks.text("note", note, Checks.MAX_TEXT));
    }

    /**
     * Starts to build a report.
     *
     * @param title the title
     * @return a builder
     */
    public static Builder builder(String title) {
        return new Builder(title);
    }

    /**
     * Starts to build a report from what this one holds.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder =
                new Builder(title)
                        .addResults(results)
                        .addLayers(layers)
                        .addHistograms(histograms)
                        .addCurves(curves)
                        .addNotes(notes);
        builder.model = model;
        builder.recipe = recipe;
        builder.graph = graph;
        builder.environment.putAll(environment);
        return builder;
    }

    /** Builds a {@link ReportData}. */
    public static final class Builder {

        private final String title;
        private @Nullable String model;
        private @Nullable String recipe;
        private final List<ResultRow> results = new ArrayList<>();
        private final List<LayerRow> layers = new ArrayList<>();
        private final List<TensorHistogram> histograms = new ArrayList<>();
        private @Nullable ModelGraph graph;
        private final List<Curve> curves = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> notes = new ArrayList<>();

        private Builder(String title) {
            this.title = title;
        }

        /**
         * Sets the name of the model.
         *
         * @param name the name
         * @return this builder
         */
        public Builder optModel(String name) {
            model = name;
            return this;
        }

        /**
         * Sets the text of the recipe.
         *
         * @param text the recipe as YAML or JSON
         * @return this builder
         */
        public Builder optRecipe(String text) {
            recipe = text;
            return this;
        }

        /**
         * Adds variants of the model.
         *
         * @param rows the results
         * @return this builder
         */
        public Builder addResults(List<ResultRow> rows) {
            results.addAll(rows);
            return this;
        }

        /**
         * Adds layers.
         *
         * @param rows the layers in order of execution
         * @return this builder
         */
        public Builder addLayers(List<LayerRow> rows) {
            layers.addAll(rows);
            return this;
        }

        /**
         * Gives layers that are there already their sensitivity by one more measure.
         *
         * @param measure the name of the measure
         * @param scores the scores by the name of the layer; larger is worse
         * @return this builder
         * @throws IllegalArgumentException if there is no layer of a name
         */
        public Builder addSensitivity(String measure, Map<String, Double> scores) {
            Map<String, Double> left = new LinkedHashMap<>(scores);
            layers.replaceAll(
                    layer -> {
                        Double score = left.remove(layer.name());
                        if (score == null) {
                            return layer;
                        }
                        Map<String, Double> all = new LinkedHashMap<>(layer.sensitivity());
                        all.put(measure, score);
                        return layer.withSensitivity(all);
                    });
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        "The report has no layer "
                                + left.keySet().iterator().next()
                                + " that the measure "
                                + measure
                                + " scores.");
            }
            return this;
        }

        /**
         * Adds distributions of tensors.
         *
         * @param tensors the histograms
         * @return this builder
         */
        public Builder addHistograms(List<TensorHistogram> tensors) {
            histograms.addAll(tensors);
            return this;
        }

        /**
         * Sets the graph.
         *
         * @param operations the graph
         * @return this builder
         */
        public Builder optGraph(ModelGraph operations) {
            graph = operations;
            return this;
        }

        /**
         * Adds training curves.
         *
         * @param runs the curves
         * @return this builder
         */
        public Builder addCurves(List<Curve> runs) {
            curves.addAll(runs);
            return this;
        }

        /**
         * Says what it ran on.
         *
         * @param name the name, such as {@code Java}
         * @param version the version
         * @return this builder
         */
        public Builder addEnvironment(String name, String version) {
            environment.put(name, version);
            return this;
        }

        /**
         * Adds sentences to put under the title.
         *
         * @param sentences the notes
         * @return this builder
         */
        public Builder addNotes(List<String> sentences) {
            notes.addAll(sentences);
            return this;
        }

        /**
         * Builds the report's data.
         *
         * @return the data
         * @throws IllegalArgumentException if a part is not legal
         */
        public ReportData build() {
            return new ReportData(
                    title,
                    model,
                    recipe,
                    results,
                    layers,
                    histograms,
                    graph,
                    curves,
                    environment,
                    notes);
        }
    }
}
