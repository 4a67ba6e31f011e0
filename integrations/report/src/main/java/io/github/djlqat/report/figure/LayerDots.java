package io.github.djlqat.report.figure;

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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Draws numbers by layer: a row for each layer in order of execution, a symbol for each number. */
final class LayerDots {

    static final double WIDTH = 400;

    private static final double ROW = 17;
    private static final double TOP = 40;
    private static final double BOTTOM = 24;
    private static final double LARGEST_NAME = 150;
    private static final int MAX_ROWS = 120;
    private static final double LOG_FROM = 300;

    /**
     * A kind of number.
     *
     * @param name what the symbols stand for
     * @param values a number for each layer, or null
     */
    record Series(String name, List<@Nullable Double> values) {}

    private final List<String> layers;
    private final List<Series> series;
    private final String quantity;
    private final DoubleFunction<String> format;
    private final boolean bars;
    private final boolean smallIsBad;

    private LayerDots(
            List<String> layers,
            List<Series> series,
            String quantity,
            DoubleFunction<String> format,
            boolean bars,
            boolean smallIsBad) {
        this.layers = layers;
        this.series = series;
        this.quantity = quantity;
        this.format = format;
        this.bars = bars;
        this.smallIsBad = smallIsBad;
    }

    /** Draws several numbers a row as symbols, of which small ones are bad. */
    static Drawing dots(
            String title,
            List<String> layers,
            List<Series> series,
            String quantity,
            DoubleFunction<String> format) {
        return new LayerDots(layers, series, quantity, format, false, true).drawing(title);
    }

    /** Draws one number a row as a bar, of which large ones are bad. */
    static Drawing bars(
            String title,
            List<String> layers,
            Series series,
            String quantity,
            DoubleFunction<String> format) {
        return new LayerDots(layers, List.of(series), quantity, format, true, false).drawing(title);
    }

    static DataTable table(
            List<String> layers, List<Series> series, DoubleFunction<String> format) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text("Layer"));
        series.forEach(one -> columns.add(Column.number(TradeOff.capitalized(one.name()))));
        List<List<Cell>> rows = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            List<Cell> row = new ArrayList<>();
            row.add(Cell.of(layers.get(i)));
            for (Series one : series) {
                row.add(Numbers.cell(one.values().get(i), format));
            }
            rows.add(row);
        }
        return new DataTable(columns, rows);
    }

    private Drawing drawing(String title) {
        List<Integer> rows = rows();
        double names =
                Math.min(
                        LARGEST_NAME,
                        rows.stream()
                                .mapToDouble(i -> TextWidth.of(layers.get(i), Frame.SMALL))
                                .max()
                                .orElse(0));
        double left = names + 10;
        double top = series.size() > 1 ? TOP : TOP - 18;
        Frame frame =
                new Frame(
                        left,
                        top,
                        WIDTH - left - (bars ? 54 : 14),
                        rows.size() * ROW,
                        axis(),
                        axis());
        List<Mark> marks = new ArrayList<>(grid(frame));
        for (int row = 0; row < rows.size(); row++) {
            marks.add(row(frame, row, rows.get(row)));
        }
        if (series.size() > 1) {
            marks.addAll(legend());
        }
        return new Drawing(WIDTH, frame.bottom() + BOTTOM, title, description(rows), marks);
    }

    /** The rows drawn: all, or the worst where there are too many to see. */
    private List<Integer> rows() {
        List<Integer> known = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (worst(i) != null) {
                known.add(i);
            }
        }
        if (known.size() <= MAX_ROWS) {
            return known;
        }
        Comparator<Integer> byValue =
                Comparator.comparingDouble(i -> Objects.requireNonNull(worst(i)));
        Set<Integer> kept =
                new HashSet<>(
                        known.stream()
                                .sorted(smallIsBad ? byValue : byValue.reversed())
                                .limit(MAX_ROWS)
                                .toList());
        return known.stream().filter(kept::contains).toList();
    }

    private @Nullable Double worst(int layer) {
        for (Series one : series) {
            Double value = one.values().get(layer);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private Axis axis() {
        double[] values =
                series.stream()
                        .flatMap(one -> one.values().stream())
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .toArray();
        double least = DoubleStream.of(values).min().orElse(0);
        double largest = DoubleStream.of(values).max().orElse(1);
        if (bars && least > 0 && largest / least > LOG_FROM) {
            return Axis.log(least, largest, Numbers::plain);
        }
        return Axis.linear(Math.min(0, least), Math.max(0, largest), 4);
    }

    private List<Mark> grid(Frame frame) {
        List<Mark> marks = new ArrayList<>();
        for (Axis.Tick tick : frame.x().ticks()) {
            double at = frame.x(tick.value());
            boolean zero = tick.value() == 0 && frame.x().isLinear();
            marks.add(
                    Mark.Polyline.line(
                            at,
                            frame.top(),
                            at,
                            frame.bottom(),
                            Style.stroke(zero ? Ink.AXIS : Ink.GRID, 1)));
            marks.add(label(at, frame.bottom() + 15, tick.label(), Anchor.MIDDLE, Ink.MUTED));
        }
        marks.add(label(2, 12, quantity, Anchor.START, Ink.MUTED));
        return marks;
    }

    private Mark row(Frame frame, int row, int layer) {
        double y = frame.top() + (row + 0.5) * ROW;
        List<Mark> marks = new ArrayList<>();
        String name = TextWidth.fit(layers.get(layer), Frame.SMALL, frame.left() - 10);
        marks.add(label(frame.left() - 8, y + 4, name, Anchor.END, Ink.TEXT));
        StringBuilder title = new StringBuilder(layers.get(layer));
        if (!bars) {
            marks.add(
                    Mark.Polyline.line(
                            frame.left(), y, frame.right(), y, Style.stroke(Ink.GRID, 0.5)));
        }
        for (int i = series.size() - 1; i >= 0; i--) {
            Double value = series.get(i).values().get(layer);
            if (value != null) {
                if (bars) {
                    marks.addAll(bar(frame, y, value));
                } else {
                    marks.add(symbol(i, frame.x(value), y));
                }
            }
        }
        for (Series one : series) {
            Double value = one.values().get(layer);
            if (value != null) {
                title.append(", ").append(one.name()).append(' ').append(format.apply(value));
            }
        }
        return new Mark.Group(title.toString(), marks);
    }

    private List<Mark> bar(Frame frame, double y, double value) {
        double zero = frame.x().isLinear() ? frame.x(0) : frame.left();
        double end = frame.x(value);
        boolean back = value < 0;
        List<Mark> marks = new ArrayList<>();
        if (frame.x().isLinear()) {
            marks.add(
                    new Mark.Box(
                            Math.min(zero, end),
                            y - ROW * 0.32,
                            Math.max(Math.abs(end - zero), 0.5),
                            ROW * 0.64,
                            1,
                            Style.fill(Ink.SERIES_1)));
        } else {
            // A length from nowhere says nothing: on a logarithmic axis the place alone does.
            marks.add(
                    Mark.Polyline.line(
                            frame.left(), y, frame.right(), y, Style.stroke(Ink.GRID, 0.5)));
            marks.add(symbol(0, end, y));
        }
        marks.add(
                label(
                        back ? zero + 4 : end + 7,
                        y + 4,
                        format.apply(value),
                        Anchor.START,
                        Ink.TEXT));
        return marks;
    }

    private static Mark symbol(int series, double x, double y) {
        Ink ink = Ink.series(series);
        return new Mark.Symbol(
                Mark.Shape.series(series),
                x,
                y,
                4,
                series == 0 ? Style.fill(ink) : Style.fill(Ink.PAPER).outlined(ink, 1.5));
    }

    private List<Mark> legend() {
        List<Mark> marks = new ArrayList<>();
        double x = 6;
        for (int i = 0; i < series.size(); i++) {
            marks.add(symbol(i, x, 26));
            String name = series.get(i).name();
            marks.add(label(x + 9, 30, name, Anchor.START, Ink.TEXT));
            x += 26 + TextWidth.of(name, Frame.SMALL);
        }
        return marks;
    }

    private String description(List<Integer> rows) {
        StringBuilder text = new StringBuilder();
        if (rows.size() < layers.size()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%d of %d layers are drawn. ",
                            rows.size(),
                            layers.size()));
        }
        for (Series one : series) {
            Integer least = null;
            Integer most = null;
            for (int i = 0; i < layers.size(); i++) {
                Double value = one.values().get(i);
                if (value != null) {
                    least = least == null || value < value(one, least) ? (Integer) i : least;
                    most = most == null || value > value(one, most) ? (Integer) i : most;
                }
            }
            if (least != null && most != null) {
                text.append(one.name())
                        .append(" from ")
                        .append(format.apply(value(one, least)))
                        .append(" in ")
                        .append(layers.get(least))
                        .append(" to ")
                        .append(format.apply(value(one, most)))
                        .append(" in ")
                        .append(layers.get(most))
                        .append(". ");
            }
        }
        return text.toString().strip();
    }

    private static double value(Series series, int layer) {
        return Objects.requireNonNull(series.values().get(layer));
    }

    private static Mark label(double x, double y, String text, Anchor anchor, Ink ink) {
        return new Mark.Label(x, y, text, Frame.SMALL, anchor, ink);
    }
}
