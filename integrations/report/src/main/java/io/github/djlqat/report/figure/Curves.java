package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.Curve.Point;
import io.github.djlqat.report.drawing.Drawing;
import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Mark.Anchor;
import io.github.djlqat.report.drawing.Style;
import io.github.djlqat.report.drawing.TextWidth;
import io.github.djlqat.report.figure.DataTable.Cell;
import io.github.djlqat.report.figure.DataTable.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Draws how quantities went in training, one figure for each quantity with a line for each run. */
final class Curves {

    static final double WIDTH = 400;
    static final double HEIGHT = 260;

    private static final int BUCKETS = 200;
    private static final int MAX_TABLE = 60;
    private static final double LARGEST_NAME = 96;
    private static final double LOG_FROM = 50;
    private static final List<List<Double>> DASHES =
            List.of(List.of(), List.of(6.0, 3.0), List.of(2.0, 2.0), List.of(8.0, 3.0, 2.0, 3.0));

    private Curves() {}

    static List<Figure> of(List<Curve> curves) {
        Map<String, List<Curve>> quantities = new LinkedHashMap<>();
        for (Curve curve : curves) {
            quantities
                    .computeIfAbsent(curve.quantity() + "\0" + curve.x(), key -> new ArrayList<>())
                    .add(curve);
        }
        List<Figure> figures = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (List<Curve> runs : quantities.values()) {
            Curve first = runs.get(0);
            figures.add(
                    new Figure(
                            LayerFigures.unique(
                                    "training-" + LayerFigures.slug(first.quantity()), names),
                            "Each line is a run, with its name at its end, a dash and a symbol of its"
                                    + " own.",
                            drawing(runs),
                            table(runs)));
        }
        return figures;
    }

    private static Drawing drawing(List<Curve> runs) {
        Curve first = runs.get(0);
        double names =
                runs.stream()
                        .mapToDouble(run -> TextWidth.of(run.name(), Frame.SMALL))
                        .max()
                        .orElse(0);
        double right = Math.min(names, LARGEST_NAME) + 16;
        Frame frame = new Frame(46, 24, WIDTH - 46 - right, HEIGHT - 66, xAxis(runs), yAxis(runs));
        List<Mark> marks = new ArrayList<>(frame.marks(first.x(), first.quantity()));
        for (int i = 0; i < runs.size(); i++) {
            marks.add(line(frame, runs.get(i), i));
        }
        marks.addAll(names(frame, runs));
        return new Drawing(
                WIDTH,
                HEIGHT,
                TradeOff.capitalized(first.quantity()) + " by " + first.x(),
                description(runs),
                marks);
    }

    private static Mark line(Frame frame, Curve run, int index) {
        Ink ink = Ink.series(index);
        List<Mark> marks = new ArrayList<>();
        List<Mark.Point> points = new ArrayList<>();
        for (Point point : thinned(run.points())) {
            points.add(new Mark.Point(frame.x(point.x()), frame.y(point.y())));
        }
        if (points.size() > 1) {
            Style style = new Style(null, 1, ink, 1.8, DASHES.get(index % DASHES.size()));
            marks.add(new Mark.Polyline(points, false, style));
        }
        boolean each = points.size() <= 24;
        for (int i = 0; i < points.size(); i++) {
            if (each || i == points.size() - 1) {
                Mark.Point point = points.get(i);
                marks.add(
                        new Mark.Symbol(
                                Mark.Shape.series(index),
                                point.x(),
                                point.y(),
                                3,
                                Style.fill(Ink.PAPER).outlined(ink, 1.5)));
            }
        }
        return new Mark.Group(run.name(), marks);
    }

    /** Names at the ends of the lines, moved apart where the ends are close. */
    private static List<Mark> names(Frame frame, List<Curve> runs) {
        double gap = Frame.SMALL + 2;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> end(frame, runs.get(i))));
        double[] at = new double[runs.size()];
        double last = Double.NEGATIVE_INFINITY;
        for (int i : order) {
            at[i] = Math.max(end(frame, runs.get(i)) + 4, last + gap);
            last = at[i];
        }
        double over = last - frame.bottom();
        List<Mark> marks = new ArrayList<>();
        for (int i : order) {
            marks.add(
                    new Mark.Label(
                            frame.right() + 10,
                            at[i] - Math.max(over, 0),
                            TextWidth.fit(runs.get(i).name(), Frame.SMALL, LARGEST_NAME),
                            Frame.SMALL,
                            Anchor.START,
                            Ink.series(i)));
        }
        return marks;
    }

    private static double end(Frame frame, Curve run) {
        return frame.y(run.points().get(run.points().size() - 1).y());
    }

    /** Keeps the least and the largest value of each of many short stretches. */
    static List<Point> thinned(List<Point> points) {
        if (points.size() <= 2 * BUCKETS) {
            return points;
        }
        List<Point> kept = new ArrayList<>();
        kept.add(points.get(0));
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            int from = (int) ((long) bucket * points.size() / BUCKETS);
            int to = (int) ((long) (bucket + 1) * points.size() / BUCKETS);
            Point least = points.get(from);
            Point largest = points.get(from);
            for (Point point : points.subList(from, to)) {
                least = point.y() < least.y() ? point : least;
                largest = point.y() > largest.y() ? point : largest;
            }
            add(kept, least.x() <= largest.x() ? least : largest);
            add(kept, least.x() <= largest.x() ? largest : least);
        }
        add(kept, points.get(points.size() - 1));
        return kept;
    }

    private static void add(List<Point> kept, Point point) {
        if (point.x() > kept.get(kept.size() - 1).x()) {
            kept.add(point);
        }
    }

    private static Axis xAxis(List<Curve> runs) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (Curve run : runs) {
            least = Math.min(least, run.points().get(0).x());
            largest = Math.max(largest, run.points().get(run.points().size() - 1).x());
        }
        return Axis.linear(least > 0 && least < largest / 4 ? 0 : least, largest, 4);
    }

    private static Axis yAxis(List<Curve> runs) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (Curve run : runs) {
            for (Point point : run.points()) {
                least = Math.min(least, point.y());
                largest = Math.max(largest, point.y());
            }
        }
        return least > 0 && largest / least > LOG_FROM
                ? Axis.log(least, largest, Numbers::plain)
                : Axis.linear(least, largest, 5);
    }

    private static String description(List<Curve> runs) {
        StringBuilder text = new StringBuilder();
        for (Curve run : runs) {
            Point from = run.points().get(0);
            Point to = run.points().get(run.points().size() - 1);
            text.append(run.name())
                    .append(" goes from ")
                    .append(Numbers.significant(from.y()))
                    .append(" to ")
                    .append(Numbers.significant(to.y()))
                    .append(" in ")
                    .append(run.points().size())
                    .append(" points. ");
        }
        return text.toString().strip();
    }

    private static DataTable table(List<Curve> runs) {
        TreeMap<Double, @Nullable Double[]> byX = new TreeMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (Point point : runs.get(i).points()) {
                byX.computeIfAbsent(point.x(), x -> new Double[runs.size()])[i] = point.y();
            }
        }
        List<Column> columns = new ArrayList<>();
        columns.add(Column.number(runs.get(0).x()));
        runs.forEach(run -> columns.add(Column.number(run.name())));
        List<List<Cell>> rows = new ArrayList<>();
        int stride = Math.max(1, (byX.size() + MAX_TABLE - 1) / MAX_TABLE);
        int index = 0;
        for (Map.Entry<Double, @Nullable Double[]> entry : byX.entrySet()) {
            boolean last = index == byX.size() - 1;
            if (index++ % stride == 0 || last) {
                List<Cell> row = new ArrayList<>();
                row.add(
                        Numbers.cell(
                                entry.getKey(),
                                x -> Numbers.tick(x, x == Math.rint(x) ? 1 : 0.01)));
                for (Double value : entry.getValue()) {
                    row.add(Numbers.cell(value, Numbers::significant));
                }
                rows.add(row);
            }
        }
        return new DataTable(columns, rows);
    }
}
