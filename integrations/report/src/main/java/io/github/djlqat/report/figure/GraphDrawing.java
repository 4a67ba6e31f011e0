package io.github.djlqat.report.figure;

import io.github.djlqat.report.drawing.Drawing;
import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Mark.Anchor;
import io.github.djlqat.report.drawing.Mark.Point;
import io.github.djlqat.report.drawing.Style;
import io.github.djlqat.report.drawing.TextWidth;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Draws boxes and arrows from above downwards. */
final class GraphDrawing {

    private static final double FONT = 12;
    private static final double SMALL = 10.5;
    private static final double BOX_HEIGHT = 38;
    private static final double ROW = 72;
    private static final double GAP = 18;
    private static final double MARGIN = 12;
    private static final double LEGEND = 34;
    private static final double LEAST_BOX = 76;
    private static final double LARGEST_BOX = 190;
    private static final double LEAST_WIDTH = 350;
    private static final double ARROW = 4;

    private final GraphView view;
    private final LayeredLayout layout;
    private final double[] widths;
    private final double shift;

    private GraphDrawing(GraphView view) {
        this.view = view;
        this.widths = new double[view.boxes().size()];
        for (int i = 0; i < widths.length; i++) {
            GraphView.Box box = view.boxes().get(i);
            double text =
                    Math.max(TextWidth.of(box.title(), FONT), TextWidth.of(box.subtitle(), SMALL));
            widths[i] = Math.min(Math.max(text + 20, LEAST_BOX), LARGEST_BOX);
        }
        List<int[]> edges =
                view.arrows().stream().map(arrow -> new int[] {arrow.from(), arrow.to()}).toList();
        this.layout = new LayeredLayout(widths, edges, GAP);
        this.shift = Math.max((LEAST_WIDTH - layout.width()) / 2, MARGIN);
    }

    static Drawing of(String title, String description, GraphView view) {
        return new GraphDrawing(view).draw(title, description);
    }

    private Drawing draw(String title, String description) {
        List<Mark> marks = new ArrayList<>(legend());
        List<Mark> labels = new ArrayList<>();
        for (int i = 0; i < view.arrows().size(); i++) {
            marks.add(arrow(i, labels));
        }
        for (int i = 0; i < view.boxes().size(); i++) {
            marks.add(box(i));
        }
        marks.addAll(labels);
        double width = Math.max(layout.width() + 2 * MARGIN, LEAST_WIDTH);
        double height = LEGEND + (layout.rows() - 1) * ROW + BOX_HEIGHT + MARGIN;
        return new Drawing(width, height, title, description, marks);
    }

    private double y(double row) {
        return LEGEND + row * ROW;
    }

    private Mark box(int index) {
        GraphView.Box box = view.boxes().get(index);
        double width = widths[index];
        double middle = layout.x(index) + shift;
        double top = y(layout.row(index));
        Style style =
                switch (box.kind()) {
                    case QUANTIZED_WEIGHT -> Style.fill(Ink.TINT_1).outlined(Ink.SERIES_1, 1.5);
                    case OPERATION -> Style.fill(Ink.SURFACE).outlined(Ink.AXIS, 1);
                    case MODULE -> Style.fill(Ink.PAPER).outlined(Ink.TEXT, 1.5);
                    case OUTSIDE -> Style.fill(Ink.PAPER).outlined(Ink.AXIS, 1, 3.0, 3.0);
                };
        double radius = box.kind() == GraphView.Kind.MODULE ? 2 : 7;
        List<Mark> marks = new ArrayList<>();
        marks.add(new Mark.Box(middle - width / 2, top, width, BOX_HEIGHT, radius, style));
        boolean alone = box.subtitle().isEmpty();
        marks.add(
                new Mark.Label(
                        middle,
                        top + (alone ? 23 : 16),
                        TextWidth.fit(box.title(), FONT, width - 10),
                        FONT,
                        Anchor.MIDDLE,
                        Ink.TEXT));
        marks.add(
                new Mark.Label(
                        middle,
                        top + 30,
                        TextWidth.fit(box.subtitle(), SMALL, width - 10),
                        SMALL,
                        Anchor.MIDDLE,
                        Ink.MUTED));
        return new Mark.Group(alone ? box.title() : box.title() + ", " + box.subtitle(), marks);
    }

    private Mark arrow(int index, List<Mark> labels) {
        GraphView.Arrow arrow = view.arrows().get(index);
        boolean quantized = arrow.format() != null;
        Ink ink = quantized ? Ink.SERIES_1 : Ink.MUTED;
        List<Point> path = layout.path(index);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            Point at = path.get(i);
            double top = y(at.y());
            double x = at.x() + shift;
            if (i == 0) {
                points.add(new Point(x, top + BOX_HEIGHT));
            } else if (i == path.size() - 1) {
                points.add(new Point(x, top - ARROW));
            } else {
                points.add(new Point(x, top));
                points.add(new Point(x, top + BOX_HEIGHT));
            }
        }
        List<Mark> marks = new ArrayList<>();
        Style style = quantized ? Style.stroke(ink, 2) : Style.stroke(ink, 1.2, 4.0, 3.0);
        marks.add(new Mark.Flow(points, style));
        Point end = points.get(points.size() - 1);
        marks.add(
                new Mark.Polyline(
                        List.of(
                                new Point(end.x(), end.y() + ARROW),
                                new Point(end.x() - ARROW, end.y() - 3),
                                new Point(end.x() + ARROW, end.y() - 3)),
                        true,
                        Style.fill(ink)));
        String format = arrow.format();
        if (format != null) {
            labels.addAll(label(points, format));
        }
        return new Mark.Group(
                view.boxes().get(arrow.from()).title()
                        + " to "
                        + view.boxes().get(arrow.to()).title()
                        + ": "
                        + (format == null ? "floating point" : format),
                marks);
    }

    /** The format, on the last stretch of an arrow. */
    private static List<Mark> label(List<Point> points, String format) {
        Point from = points.get(points.size() - 2);
        Point to = points.get(points.size() - 1);
        double x = (from.x() + to.x()) / 2;
        double y = (from.y() + to.y()) / 2;
        double width = TextWidth.of(format, SMALL) + 6;
        return List.of(
                new Mark.Box(x - width / 2, y - 7, width, 13, 3, Style.fill(Ink.PAPER)),
                new Mark.Label(x, y + 3.5, format, SMALL, Anchor.MIDDLE, Ink.SERIES_1));
    }

    private List<Mark> legend() {
        Set<GraphView.Kind> kinds = new LinkedHashSet<>();
        view.boxes().forEach(box -> kinds.add(box.kind()));
        List<Mark> marks = new ArrayList<>();
        double x = MARGIN;
        marks.add(Mark.Polyline.line(x, 12, x + 22, 12, Style.stroke(Ink.SERIES_1, 2)));
        marks.add(text(x + 28, "quantized"));
        x += 90;
        marks.add(Mark.Polyline.line(x, 12, x + 22, 12, Style.stroke(Ink.MUTED, 1.2, 4.0, 3.0)));
        marks.add(text(x + 28, "floating point"));
        x += 112;
        if (kinds.contains(GraphView.Kind.QUANTIZED_WEIGHT)) {
            marks.add(
                    new Mark.Box(
                            x, 5, 16, 13, 4, Style.fill(Ink.TINT_1).outlined(Ink.SERIES_1, 1.5)));
            marks.add(text(x + 21, "quantized weight"));
        }
        return marks;
    }

    private static Mark text(double x, String text) {
        return new Mark.Label(x, 16, text, SMALL, Anchor.START, Ink.MUTED);
    }
}
