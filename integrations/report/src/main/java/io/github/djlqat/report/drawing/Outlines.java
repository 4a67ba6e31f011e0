package io.github.djlqat.report.drawing;

import java.awt.geom.Path2D;
import java.util.List;

/** The outlines of marks, which all renderers share. */
final class Outlines {

    private Outlines() {}

    /** Returns the corners of any symbol but a circle. */
    static List<Mark.Point> corners(Mark.Symbol symbol) {
        double x = symbol.x();
        double y = symbol.y();
        double s = symbol.size();
        return switch (symbol.shape()) {
            case SQUARE ->
                    List.of(
                            new Mark.Point(x - 0.9 * s, y - 0.9 * s),
                            new Mark.Point(x + 0.9 * s, y - 0.9 * s),
                            new Mark.Point(x + 0.9 * s, y + 0.9 * s),
                            new Mark.Point(x - 0.9 * s, y + 0.9 * s));
            case TRIANGLE ->
                    List.of(
                            new Mark.Point(x, y - 1.15 * s),
                            new Mark.Point(x + 1.1 * s, y + 0.8 * s),
                            new Mark.Point(x - 1.1 * s, y + 0.8 * s));
            case DIAMOND ->
                    List.of(
                            new Mark.Point(x, y - 1.25 * s),
                            new Mark.Point(x + 1.25 * s, y),
                            new Mark.Point(x, y + 1.25 * s),
                            new Mark.Point(x - 1.25 * s, y));
            case CIRCLE -> throw new IllegalArgumentException("A circle has no corners.");
        };
    }

    /** Returns a flow as the path of an SVG. */
    static String path(Mark.Flow flow) {
        StringBuilder path = new StringBuilder();
        Mark.Point last = flow.points().get(0);
        path.append('M').append(pair(last.x(), last.y()));
        for (Mark.Point next : flow.points().subList(1, flow.points().size())) {
            double middle = (last.y() + next.y()) / 2;
            path.append('C')
                    .append(pair(last.x(), middle))
                    .append(' ')
                    .append(pair(next.x(), middle))
                    .append(' ')
                    .append(pair(next.x(), next.y()));
            last = next;
        }
        return path.toString();
    }

    static Path2D shape(Mark.Flow flow) {
        Path2D path = new Path2D.Double();
        Mark.Point last = flow.points().get(0);
        path.moveTo(last.x(), last.y());
        for (Mark.Point next : flow.points().subList(1, flow.points().size())) {
            double middle = (last.y() + next.y()) / 2;
            path.curveTo(last.x(), middle, next.x(), middle, next.x(), next.y());
            last = next;
        }
        return path;
    }

    static Path2D shape(List<Mark.Point> points, boolean closed) {
        Path2D path = new Path2D.Double();
        path.moveTo(points.get(0).x(), points.get(0).y());
        points.subList(1, points.size()).forEach(point -> path.lineTo(point.x(), point.y()));
        if (closed) {
            path.closePath();
        }
        return path;
    }

    private static String pair(double x, double y) {
        return Decimal.of(x) + "," + Decimal.of(y);
    }
}
