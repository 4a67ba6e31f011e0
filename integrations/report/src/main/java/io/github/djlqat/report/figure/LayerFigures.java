package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.TensorSummary;
import io.github.djlqat.report.figure.LayerDots.Series;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The figures that have a row for each layer. */
final class LayerFigures {

    private LayerFigures() {}

    static Optional<Figure> sqnr(List<LayerRow> layers) {
        List<Series> series = new ArrayList<>();
        add(series, "output", layers, LayerRow::sqnr);
        add(series, "weight", layers, layer -> sqnr(layer.weight()));
        add(series, "input", layers, layer -> sqnr(layer.input()));
        if (series.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = names(layers);
        return Optional.of(
                new Figure(
                        "sqnr",
                        "How far the signal stands above the noise that rounding adds, in order of"
                                + " execution; to the right is better, and 6 dB are about one bit. The output"
                                + " is that of the quantized operation against the same operation"
                                + " unquantized, on the same inputs.",
                        LayerDots.dots(
                                "SQNR by layer",
                                names,
                                series,
                                "Signal-to-quantization-noise ratio, dB",
                                Numbers::decibels),
                        LayerDots.table(names, series, Numbers::decibels)));
    }

    static List<Figure> sensitivity(List<LayerRow> layers) {
        Set<String> measures = new LinkedHashSet<>();
        layers.forEach(layer -> measures.addAll(layer.sensitivity().keySet()));
        List<String> names = names(layers);
        List<Figure> figures = new ArrayList<>();
        Set<String> taken = new LinkedHashSet<>();
        for (String measure : measures) {
            List<Series> series = new ArrayList<>();
            add(series, measure, layers, layer -> layer.sensitivity().get(measure));
            figures.add(
                    new Figure(
                            unique("sensitivity-" + slug(measure), taken),
                            "How much the model suffers when this layer alone is quantized; longer is"
                                    + " worse. Layers are in order of execution.",
                            LayerDots.bars(
                                    "Sensitivity by layer: " + measure,
                                    names,
                                    series.get(0),
                                    measure,
                                    Numbers::significant),
                            LayerDots.table(names, series, Numbers::significant)));
        }
        return figures;
    }

    private static void add(
            List<Series> series,
            String name,
            List<LayerRow> layers,
            Function<LayerRow, @Nullable Double> value) {
        List<@Nullable Double> values = new ArrayList<>();
        layers.forEach(layer -> values.add(value.apply(layer)));
        if (values.stream().anyMatch(known -> known != null)) {
            series.add(new Series(name, values));
        }
    }

    private static @Nullable Double sqnr(@Nullable TensorSummary summary) {
        return summary == null ? null : summary.sqnr();
    }

    private static List<String> names(List<LayerRow> layers) {
        return layers.stream().map(LayerRow::name).toList();
    }

    /** Returns a text as part of a file's name. */
    static String slug(String text) {
        String slug =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String shorter = slug.length() > 60 ? slug.substring(0, 60) : slug;
        return shorter.isEmpty() ? "x" : shorter;
    }

    static String unique(String name, Set<String> taken) {
        String result = name;
        for (int i = 2; !taken.add(result); i++) {
            result = name + "-" + i;
        }
        return result;
    }
}
