package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.Interval;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.report.drawing.Drawing;
import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Style;
import io.github.djlqat.report.figure.DataTable.Cell;
import io.github.djlqat.report.figure.DataTable.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Draws how well each variant does against what it costs. Those that none of the others beats in
 * both are joined by a line: the Pareto front.
 */
final class TradeOff {

    static final double WIDTH = 400;
    static final double HEIGHT = 300;

    private static final double LOG_FROM = 8;

    /** What a variant costs. */
    enum Cost {
        SIZE("size", "Size", Numbers::bytes, Numbers::bytesTick) {
            @Override
            @Nullable Double of(ResultRow row) {
                return row.bytes() == null ? null : (Double) row.bytes().doubleValue();
            }
        },
        LATENCY("latency", "Latency", Numbers::milliseconds, Numbers::millisecondsTick) {
            @Override
            @Nullable Double of(ResultRow row) {
                return row.latency();
            }
        };

        private final String word;
        private final String title;
        private final DoubleFunction<String> format;
        private final DoubleFunction<String> tick;

        Cost(
                String word,
                String title,
                DoubleFunction<String> format,
                DoubleFunction<String> tick) {
            this.tick = tick;
            this.word = word;
            this.title = title;
            this.format = format;
        }

        abstract @Nullable Double of(ResultRow row);
    }

    private record Point(ResultRow row, Score score, double cost) {}

    private TradeOff() {}

    /** Returns the figure, or empty where fewer than two variants have both numbers. */
    static Optional<Figure> of(List<ResultRow> results, Cost cost) {
        List<Point> points = points(results, cost);
        if (points.size() < 2) {
            return Optional.empty();
        }
        Score first = points.get(0).score();
        String metric = first.metric() + (first.unit().isEmpty() ? "" : ", " + first.unit());
        List<Point> front = front(points);
        Drawing drawing =
                new Drawing(
                        WIDTH,
                        HEIGHT,
                        capitalized(first.metric()) + " against " + cost.word,
                        description(points, front, cost),
                        marks(points, front, cost, metric));
        return Optional.of(
                new Figure(
                        "trade-off-" + cost.word,
                        "Each point is a variant; the bar through it is the 95 % confidence"
                                + " interval. Filled points joined by the dashed line are those that no"
                                + " other beats in both; hollow ones are beaten. The square is the first"
                                + " variant, which the others are compared with.",
                        drawing,
                        table(points, front, cost, metric)));
    }

    private static List<Point> points(List<ResultRow> results, Cost cost) {
        List<Point> points = new ArrayList<>();
        for (ResultRow row : results) {
            Score score = row.score();
            Double value = cost.of(row);
            if (score != null
                    && value != null
                    && (points.isEmpty() || comparable(score, points.get(0).score()))) {
                points.add(new Point(row, score, value));
            }
        }
        return points;
    }

    private static boolean comparable(Score a, Score b) {
        return a.metric().equals(b.metric()) && a.unit().equals(b.unit());
    }

    /** The variants that none beats, by increasing cost. */
    private static List<Point> front(List<Point> points) {
        List<Point> sorted = new ArrayList<>(points);
        sorted.sort(
                Comparator.comparingDouble(Point::cost)
                        .thenComparing(Comparator.comparingDouble(TradeOff::quality).reversed()));
        List<Point> front = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (Point point : sorted) {
            boolean equal =
                    !front.isEmpty()
                            && point.cost() == front.get(front.size() - 1).cost()
                            && quality(point) == best;
            if (quality(point) > best || equal) {
                front.add(point);
                best = quality(point);
            }
        }
        return front;
    }

    private static double quality(Point point) {
        return point.score().higherIsBetter() ? point.score().value() : -point.score().value();
    }

    private static List<Mark> marks(
            List<Point> points, List<Point> front, Cost cost, String metric) {
        Frame frame =
                new Frame(46, 24, WIDTH - 66, HEIGHT - 66, xAxis(points, cost), yAxis(points));
        List<Mark> marks = new ArrayList<>(frame.marks(cost.title, metric));
        if (front.size() > 1) {
            marks.add(
                    new Mark.Polyline(
                            front.stream().map(p -> at(frame, p)).toList(),
                            false,
                            Style.stroke(Ink.SERIES_1, 1.5, 5.0, 4.0)));
        }
        LabelPlacer labels =
                new LabelPlacer(frame.left(), WIDTH - 2, frame.top(), frame.bottom() - 2);
        points.forEach(p -> labels.avoid(at(frame, p).x(), at(frame, p).y(), 6));
        for (Point point : points) {
            Interval interval = point.score().confidence();
            if (interval != null) {
                double x = at(frame, point).x();
                labels.avoid(
                        new Mark.Point(x, frame.y(interval.low())),
                        new Mark.Point(x, frame.y(interval.high())));
            }
        }
        for (int i = 1; i < front.size(); i++) {
            labels.avoid(at(frame, front.get(i - 1)), at(frame, front.get(i)));
        }
        for (Point point : points) {
            marks.add(mark(point, point == points.get(0), front.contains(point), frame, cost));
        }
        for (Point point : points) {
            Mark.Point at = at(frame, point);
            marks.add(labels.place(at.x(), at.y(), point.row().name(), Frame.SMALL, Ink.TEXT));
        }
        return marks;
    }

    private static Mark mark(Point point, boolean first, boolean best, Frame frame, Cost cost) {
        Mark.Point at = at(frame, point);
        List<Mark> parts = new ArrayList<>();
        Interval interval = point.score().confidence();
        if (interval != null) {
            Style bar = Style.stroke(Ink.SERIES_1, 1);
            double low = frame.y(interval.low());
            double high = frame.y(interval.high());
            parts.add(Mark.Polyline.line(at.x(), low, at.x(), high, bar));
            parts.add(Mark.Polyline.line(at.x() - 3, low, at.x() + 3, low, bar));
            parts.add(Mark.Polyline.line(at.x() - 3, high, at.x() + 3, high, bar));
        }
        Style style = Style.fill(best ? Ink.SERIES_1 : Ink.PAPER).outlined(Ink.SERIES_1, 1.5);
        Mark.Shape shape = first ? Mark.Shape.SQUARE : Mark.Shape.CIRCLE;
        parts.add(new Mark.Symbol(shape, at.x(), at.y(), 4.5, style));
        return new Mark.Group(
                point.row().name()
                        + ": "
                        + value(point.score())
                        + ", "
                        + cost.format.apply(point.cost()),
                parts);
    }

    private static Mark.Point at(Frame frame, Point point) {
        return new Mark.Point(frame.x(point.cost()), frame.y(point.score().value()));
    }

    private static Axis xAxis(List<Point> points, Cost cost) {
        double least = points.stream().mapToDouble(Point::cost).min().orElse(0);
        double largest = points.stream().mapToDouble(Point::cost).max().orElse(1);
        return least > 0 && largest / least > LOG_FROM
                ? Axis.log(least, largest, cost.tick)
                : Axis.linear(0, largest, 4, cost.tick);
    }

    private static Axis yAxis(List<Point> points) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double best = Double.NEGATIVE_INFINITY;
        for (Point point : points) {
            Interval interval = point.score().confidence();
            double value = point.score().value();
            least = Math.min(least, interval == null ? value : Math.min(interval.low(), value));
            largest =
                    Math.max(largest, interval == null ? value : Math.max(interval.high(), value));
            best = Math.max(best, value);
        }
        Score first = points.get(0).score();
        boolean percent =
                first.unit().equals("%") && first.higherIsBetter() && least >= 0 && largest <= 100;
        if (percent && best < 100 && (100 - least) / (100 - best) > LOG_FROM) {
            return Axis.rest(least, Math.min(largest, 100 - (100 - best) / 2));
        }
        return Axis.linear(least, largest, 5);
    }

    private static String description(List<Point> points, List<Point> front, Cost cost) {
        StringBuilder text = new StringBuilder();
        for (Point point : points) {
            text.append(point.row().name())
                    .append(": ")
                    .append(value(point.score()))
                    .append(" at ")
                    .append(cost.format.apply(point.cost()))
                    .append(". ");
        }
        text.append("No other variant beats ");
        for (int i = 0; i < front.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(front.get(i).row().name());
        }
        return text.append('.').toString();
    }

    static String value(Score score) {
        String unit = score.unit();
        String number =
                unit.equals("%")
                        ? Numbers.fixed(score.value(), 2)
                        : Numbers.significant(score.value());
        return unit.isEmpty() ? number : number + "\u00A0" + unit;
    }

    private static DataTable table(
            List<Point> points, List<Point> front, Cost cost, String metric) {
        List<List<Cell>> rows = new ArrayList<>();
        for (Point point : points) {
            rows.add(
                    List.of(
                            Cell.of(point.row().name()),
                            scoreCell(point.score()),
                            interval(point.score()),
                            Numbers.cell(point.cost(), cost.format),
                            Cell.of(front.contains(point) ? "yes" : "no")));
        }
        return new DataTable(
                List.of(
                        Column.text("Variant"),
                        Column.number(capitalized(metric)),
                        Column.text("95 % interval"),
                        Column.number(cost.title),
                        Column.text("On the front")),
                rows);
    }

    static Cell scoreCell(Score score) {
        return Numbers.cell(
                score.value(),
                value ->
                        score.unit().equals("%")
                                ? Numbers.fixed(value, 2)
                                : Numbers.significant(value));
    }

    static Cell interval(Score score) {
        Interval interval = score.confidence();
        return interval == null
                ? Cell.of(Numbers.NONE)
                : Cell.of(number(score, interval.low()) + " to " + number(score, interval.high()));
    }

    private static String number(Score score, double value) {
        return score.unit().equals("%") ? Numbers.fixed(value, 1) : Numbers.significant(value);
    }

    static String capitalized(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
