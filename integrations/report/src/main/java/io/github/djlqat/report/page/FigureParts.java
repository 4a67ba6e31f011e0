package io.github.djlqat.report.page;

import io.github.djlqat.report.drawing.SvgRenderer;
import io.github.djlqat.report.figure.Figure;
import io.github.djlqat.report.markup.Element;
import java.util.List;

/** Figures of the page, each with its table. */
final class FigureParts {

    private static final SvgRenderer SVG = SvgRenderer.forPages();

    private FigureParts() {}

    /** Figures side by side where there is room, with their tables folded below. */
    static Element grid(List<Figure> figures, String kind) {
        boolean scrolls = kind.equals("graph");
        return Element.of("div", figures.stream().map(f -> figure(f, scrolls)).toList())
                .with("class", "figures " + kind);
    }

    /** One figure with its table beside it, where there is room. */
    static Element beside(Figure figure) {
        return Element.of(
                        "figure",
                        Element.of(
                                "div",
                                Element.text("h3", figure.title()),
                                Element.of("div", SVG.render(figure.drawing(), figure.name()))
                                        .with("class", "picture"),
                                Element.text("figcaption", figure.caption())),
                        Tables.region(figure.table(), figure.title(), true))
                .with("class", "with-table")
                .with("id", "figure-" + figure.name());
    }

    private static Element figure(Figure figure, boolean scrolls) {
        Element picture =
                Element.of("div", SVG.render(figure.drawing(), figure.name()))
                        .with("class", "picture");
        if (scrolls) {
            picture =
                    picture.with("role", "region")
                            .with("tabindex", "0")
                            .with("aria-label", figure.title());
        }
        return Element.of(
                        "figure",
                        Element.text("h3", figure.title()),
                        picture,
                        Element.text("figcaption", figure.caption()),
                        Element.of(
                                        "details",
                                        Element.text("summary", "Table of this figure"),
                                        Tables.region(figure.table(), figure.title(), false))
                                .with("class", "data"))
                .with("id", "figure-" + figure.name());
    }
}
