package io.github.djlqat.report.drawing;

import io.github.djlqat.report.markup.Element;
import io.github.djlqat.report.markup.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Draws as SVG. */
public final class SvgRenderer {

    /** The fonts of figures, all of the widths that labels are placed by. */
    public static final String FONTS =
            "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

    private final @Nullable Palette palette;

    private SvgRenderer(@Nullable Palette palette) {
        this.palette = palette;
    }

    /**
     * Returns what draws in the colours of the page that the drawing is part of: those of its
     * variables that begin with {@code --} and end in the name of the ink.
     *
     * @return the renderer
     */
    public static SvgRenderer forPages() {
        return new SvgRenderer(null);
    }

    /**
     * Returns what draws in colours of its own, for a file of its own.
     *
     * @param palette the colours
     * @return the renderer
     */
    public static SvgRenderer of(Palette palette) {
        return new SvgRenderer(palette);
    }

    /**
     * Draws.
     *
     * @param drawing the drawing
     * @param id a name that no other part of the page has, for the title and the description
     * @return an {@code svg} element
     */
    public Element render(Drawing drawing, String id) {
        String width = Decimal.of(drawing.width());
        String height = Decimal.of(drawing.height());
        Element svg =
                Element.of("svg")
                        .with("xmlns", "http://www.w3.org/2000/svg")
                        .with("viewBox", "0 0 " + width + " " + height)
                        .with("width", width)
                        .with("height", height)
                        .with("role", "img")
                        .with("aria-labelledby", id + "-title " + id + "-desc")
                        .with("font-family", FONTS)
                        .add(
                                Element.text("title", drawing.title()).with("id", id + "-title"),
                                Element.text("desc", drawing.description())
                                        .with("id", id + "-desc"));
        if (palette != null) {
            svg =
                    svg.add(
                            Element.of("rect")
                                    .with("width", width)
                                    .with("height", height)
                                    .with("fill", palette.color(Ink.PAPER).hex()));
        }
        return svg.add(elements(drawing.marks()).toArray(Markup[]::new));
    }

    private List<Element> elements(List<Mark> marks) {
        List<Element> elements = new ArrayList<>(marks.size());
        marks.forEach(mark -> elements.add(element(mark)));
        return elements;
    }

    private Element element(Mark mark) {
        if (mark instanceof Mark.Box box) {
            Element rect =
                    Element.of("rect")
                            .with("x", Decimal.of(box.x()))
                            .with("y", Decimal.of(box.y()))
                            .with("width", Decimal.of(box.width()))
                            .with("height", Decimal.of(box.height()));
            return styled(
                    box.radius() > 0 ? rect.with("rx", Decimal.of(box.radius())) : rect,
                    box.style());
        }
        if (mark instanceof Mark.Polyline line) {
            return styled(
                    Element.of(line.closed() ? "polygon" : "polyline")
                            .with("points", points(line.points())),
                    line.style());
        }
        if (mark instanceof Mark.Flow flow) {
            return styled(Element.of("path").with("d", Outlines.path(flow)), flow.style());
        }
        if (mark instanceof Mark.Symbol symbol) {
            return symbol(symbol);
        }
        if (mark instanceof Mark.Label label) {
            return label(label);
        }
        Mark.Group group = (Mark.Group) mark;
        return Element.of("g")
                .add(Element.text("title", group.title()))
                .add(elements(group.marks()).toArray(Markup[]::new));
    }

    private Element symbol(Mark.Symbol symbol) {
        if (symbol.shape() == Mark.Shape.CIRCLE) {
            return styled(
                    Element.of("circle")
                            .with("cx", Decimal.of(symbol.x()))
                            .with("cy", Decimal.of(symbol.y()))
                            .with("r", Decimal.of(symbol.size())),
                    symbol.style());
        }
        return styled(
                Element.of("polygon").with("points", points(Outlines.corners(symbol))),
                symbol.style());
    }

    private Element label(Mark.Label label) {
        String x = Decimal.of(label.x());
        String y = Decimal.of(label.y());
        Element text =
                Element.text("text", label.text())
                        .with("x", x)
                        .with("y", y)
                        .with("font-size", Decimal.of(label.size()));
        text =
                switch (label.anchor()) {
                    case START -> text;
                    case MIDDLE -> text.with("text-anchor", "middle");
                    case END -> text.with("text-anchor", "end");
                };
        if (label.bold()) {
            text = text.with("font-weight", "600");
        }
        if (!label.upright()) {
            text = text.with("transform", "rotate(-90 " + x + " " + y + ")");
        }
        return paint(text, "fill", label.ink());
    }

    private static String points(List<Mark.Point> points) {
        return points.stream()
                .map(point -> Decimal.of(point.x()) + "," + Decimal.of(point.y()))
                .collect(Collectors.joining(" "));
    }

    private Element styled(Element element, Style style) {
        Element result = element;
        Ink fill = style.fill();
        Ink stroke = style.stroke();
        result = fill == null ? result.with("fill", "none") : paint(result, "fill", fill);
        if (fill != null && style.opacity() < 1) {
            result = result.with("fill-opacity", Decimal.of(style.opacity()));
        }
        if (stroke != null) {
            result =
                    paint(result, "stroke", stroke).with("stroke-width", Decimal.of(style.width()));
            if (!style.dash().isEmpty()) {
                result =
                        result.with(
                                "stroke-dasharray",
                                style.dash().stream()
                                        .map(Decimal::of)
                                        .collect(Collectors.joining(" ")));
            }
        }
        return result;
    }

    private Element paint(Element element, String attribute, Ink ink) {
        if (palette != null) {
            return element.with(attribute, palette.color(ink).hex());
        }
        String known = element.attributes().get("class");
        String name = attribute + "-" + ink.cssName();
        return element.with("class", known == null ? name : known + " " + name);
    }
}
