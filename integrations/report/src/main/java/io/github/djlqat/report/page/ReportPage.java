package io.github.djlqat.report.page;

import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.figure.Figure;
import io.github.djlqat.report.figure.ReportFigures;
import io.github.djlqat.report.figure.ReportTables;
import io.github.djlqat.report.markup.Element;
import io.github.djlqat.report.markup.Markup;
import io.github.djlqat.report.markup.Raw;
import io.github.djlqat.report.markup.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page of a report: HTML that is well-formed XML, and asks nothing of any network. */
public final class ReportPage {

    /** What the page may load: nothing but what it holds. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src"
                    + " data:";

    private static final String HISTOGRAM_LEGEND =
            "How the values of each layer's weight and input are distributed. The dashed lines are"
                    + " the range that values are clipped to, with what lies outside on a coloured"
                    + " ground; the ticks at the bottom are the levels that values are rounded to, one"
                    + " bar where they lie too close to tell apart. Where each channel has a scale of"
                    + " its own, values are counted in codes before rounding. Counts are on a"
                    + " logarithmic axis.";

    private static final int OPEN_LAYERS = 2;

    private final ReportData report;
    private final List<Section> sections = new ArrayList<>();

    private record Section(String id, String title, List<Markup> content) {}

    private ReportPage(ReportData report) {
        this.report = report;
    }

    /**
     * Makes the page.
     *
     * @param report the data
     * @return the text of the file
     */
    public static String render(ReportData report) {
        ReportPage page = new ReportPage(report);
        page.addSections();
        StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
        page.html().appendTo(out);
        return out.append('\n').toString();
    }

    private void addSections() {
        if (!report.results().isEmpty()) {
            add(
                    "results",
                    "Results",
                    Tables.region(ReportTables.results(report), "Results by variant", true),
                    FigureParts.grid(ReportFigures.tradeOffs(report), "pairs"));
        }
        addFigures("training", "Training", ReportFigures.curves(report), "pairs");
        addFigures("sensitivity", "Sensitivity", ReportFigures.sensitivity(report), "pairs");
        addFigures("sqnr", "Signal to noise", ReportFigures.sqnr(report), "pairs");
        addHistograms();
        addGraph();
        if (!report.layers().isEmpty()) {
            add(
                    "layers",
                    "Layers",
                    Tables.region(
                            ReportTables.layers(report), "Layers in order of execution", true));
        }
        String recipe = report.recipe();
        if (recipe != null) {
            add(
                    "recipe",
                    "Recipe",
                    Element.of("pre", Element.text("code", recipe))
                            .with("tabindex", "0")
                            .with("role", "region")
                            .with("aria-label", "Recipe"));
        }
        if (!report.environment().isEmpty()) {
            List<Element> entries = new ArrayList<>();
            report.environment()
                    .forEach(
                            (name, version) -> {
                                entries.add(Element.text("dt", name));
                                entries.add(Element.text("dd", version));
                            });
            add("environment", "Environment", Element.of("dl", entries));
        }
    }

    private void addFigures(String id, String title, List<Figure> figures, String kind) {
        if (figures.size() == 1) {
            add(id, title, FigureParts.beside(figures.get(0)));
        } else if (!figures.isEmpty()) {
            add(id, title, FigureParts.grid(figures, kind));
        }
    }

    /** A fold for each layer; the first is open, to show what is inside. */
    private void addHistograms() {
        Map<String, List<Figure>> byLayer = new LinkedHashMap<>();
        List<Figure> figures = ReportFigures.histograms(report);
        for (int i = 0; i < figures.size(); i++) {
            byLayer.computeIfAbsent(report.histograms().get(i).layer(), layer -> new ArrayList<>())
                    .add(figures.get(i));
        }
        if (byLayer.isEmpty()) {
            return;
        }
        List<Markup> parts = new ArrayList<>();
        parts.add(Element.text("p", HISTOGRAM_LEGEND).with("class", "lede"));
        byLayer.forEach(
                (layer, own) ->
                        parts.add(
                                fold(
                                        layer,
                                        FigureParts.grid(own, "small"),
                                        parts.size() <= OPEN_LAYERS)));
        sections.add(new Section("distributions", "Distributions", parts));
    }

    private void addGraph() {
        List<Figure> figures = ReportFigures.graph(report);
        if (figures.isEmpty()) {
            return;
        }
        List<Markup> modules = new ArrayList<>();
        for (Figure figure : figures.subList(1, figures.size())) {
            modules.add(
                    fold(
                            figure.title(),
                            FigureParts.grid(List.of(figure), "graph"),
                            modules.isEmpty()));
        }
        Element whole = FigureParts.grid(figures.subList(0, 1), "graph");
        add(
                "graph",
                "Graph",
                modules.isEmpty()
                        ? whole
                        : Element.of("div", whole, Element.of("div", modules))
                                .with("class", "beside"));
    }

    private static Element fold(String title, Markup content, boolean open) {
        Element details = Element.of("details", Element.text("summary", title), content);
        return open ? details.with("open", "open") : details;
    }

    private void add(String id, String title, Markup... content) {
        sections.add(new Section(id, title, Arrays.asList(content)));
    }

    private Element html() {
        return Element.of("html", head(), body())
                .with("xmlns", "http://www.w3.org/1999/xhtml")
                .with("lang", "en");
    }

    private Element head() {
        return Element.of(
                "head",
                Element.of("meta").with("charset", "utf-8"),
                Element.of("meta")
                        .with("http-equiv", "Content-Security-Policy")
                        .with("content", POLICY),
                Element.of("meta")
                        .with("name", "viewport")
                        .with("content", "width=device-width, initial-scale=1"),
                Element.of("meta").with("name", "color-scheme").with("content", "light dark"),
                Element.text("title", report.title()),
                Element.of("style", new Raw(StyleSheet.text())));
    }

    private Element body() {
        List<Markup> main = new ArrayList<>();
        for (Section section : sections) {
            List<Markup> content = new ArrayList<>();
            content.add(Element.text("h2", section.title()).with("id", section.id() + "-heading"));
            content.addAll(section.content());
            main.add(
                    Element.of("section", content)
                            .with("id", section.id())
                            .with("aria-labelledby", section.id() + "-heading"));
        }
        return Element.of(
                "body",
                Element.text("a", "Skip to the report")
                        .with("href", "#report")
                        .with("class", "skip"),
                header(),
                Element.of("main", main).with("id", "report"),
                Element.of("script", new Raw(Resources.read("report.js"))));
    }

    private Element header() {
        List<Markup> parts = new ArrayList<>();
        parts.add(Element.text("h1", report.title()));
        String model = report.model();
        if (model != null) {
            parts.add(
                    Element.of("p", new Text("Model "), Element.text("strong", model))
                            .with("class", "model"));
        }
        report.notes().forEach(note -> parts.add(Element.text("p", note)));
        List<Element> links = new ArrayList<>();
        for (Section section : sections) {
            links.add(
                    Element.of(
                            "li",
                            Element.text("a", section.title()).with("href", "#" + section.id())));
        }
        parts.add(Element.of("nav", Element.of("ul", links)).with("aria-label", "Sections"));
        return Element.of("header", parts);
    }
}
