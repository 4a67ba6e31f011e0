package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.Interval;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.report.drawing.Drawing;
import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Mark.Anchor;
import io.github.djlqat.report.drawing.Style;
import io.github.djlqat.report.drawing.TextWidth;
import io.github.djlqat.report.figure.DataTable.Cell;
import io.github.djlqat.report.figure.DataTable.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Draws how the values of tensors are distributed, with the range that they are clipped to and the
 * levels that they are rounded to. Counts are on a logarithmic axis, on which the few values that
 * are clipped can be seen beside the many that are not.
 */
final class Histograms {

    static final double WIDTH = 300;
    static final double HEIGHT = 196;

    private static final int MAX_TENSORS = 1_000;
    private static final int MAX_BINS = 128;
    private static final int MAX_LEVELS = 70;
    private static final int FEW_LEVELS = 32;
    private static final double LEVEL_HEIGHT = 6;
    private static final double LABELS_BELOW = 9;

    private Histograms() {}

    static List<Figure> of(List<TensorHistogram> tensors) {
        List<Figure> figures = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (TensorHistogram given : tensors.subList(0, Math.min(tensors.size(), MAX_TENSORS))) {
            TensorHistogram tensor = joined(given);
            figures.add(
                    new Figure(
                            LayerFigures.unique(
                                    "histogram-" + LayerFigures.slug(tensor.tensor()), names),
                            caption(tensor),
                            drawing(tensor),
                            table(tensor)));
        }
        return figures;
    }

    /** Joins bins in pairs until there are few enough to see. */
    private static TensorHistogram joined(TensorHistogram tensor) {
        if (tensor.counts().size() <= MAX_BINS) {
            return tensor;
        }
        List<Double> edges = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        int size = tensor.counts().size();
        for (int i = 0; i < size; i += 2) {
            edges.add(tensor.edges().get(i));
            counts.add(tensor.counts().get(i) + (i + 1 < size ? tensor.counts().get(i + 1) : 0));
        }
        edges.add(tensor.edges().get(size));
        return joined(
                new TensorHistogram(
                        tensor.tensor(),
                        tensor.layer(),
                        tensor.kind(),
                        tensor.unit(),
                        edges,
                        counts,
                        tensor.clipping(),
                        tensor.levels()));
    }

    private static String caption(TensorHistogram tensor) {
        StringBuilder text = new StringBuilder();
        text.append(Numbers.count(tensor.total())).append(" values");
        Interval clipping = tensor.clipping();
        if (clipping != null) {
            text.append(", clipped to ")
                    .append(Numbers.significant(clipping.low()))
                    .append(" to ")
                    .append(Numbers.significant(clipping.high()));
        }
        if (!tensor.levels().isEmpty()) {
            text.append(", ").append(tensor.levels().size()).append(" levels");
        }
        return text.append('.').toString();
    }

    private static Drawing drawing(TensorHistogram tensor) {
        Frame frame = frame(tensor);
        List<Mark> marks = new ArrayList<>();
        Interval clipping = tensor.clipping();
        if (clipping != null) {
            marks.addAll(outside(frame, clipping));
        }
        String unit = tensor.unit() == TensorHistogram.Unit.CODE ? "code before rounding" : "value";
        marks.addAll(frame.marks(unit, "count", LABELS_BELOW));
        marks.addAll(bars(frame, tensor));
        marks.addAll(levels(frame, tensor));
        if (clipping != null) {
            marks.add(limit(frame, clipping.low()));
            marks.add(limit(frame, clipping.high()));
        }
        String kind = tensor.kind() == TensorHistogram.Kind.WEIGHT ? "Weight " : "Activation ";
        return new Drawing(
                WIDTH,
                HEIGHT,
                kind + tensor.tensor(),
                "Histogram of "
                        + caption(tensor)
                        + " Values lie from "
                        + Numbers.significant(tensor.edges().get(0))
                        + " to "
                        + Numbers.significant(tensor.edges().get(tensor.edges().size() - 1))
                        + ".",
                marks);
    }

    private static Frame frame(TensorHistogram tensor) {
        double low = tensor.edges().get(0);
        double high = tensor.edges().get(tensor.edges().size() - 1);
        Interval clipping = tensor.clipping();
        if (clipping != null) {
            // A range far wider than its values must not make them a line.
            double span = 2 * (high - low);
            low = Math.min(low, Math.max(clipping.low(), low - span));
            high = Math.max(high, Math.min(clipping.high(), high + span));
        }
        double pad = (high - low) * 0.03;
        long most = tensor.counts().stream().mapToLong(Long::longValue).max().orElse(1);
        Axis y = Axis.log(1, Math.max(most, 10), Histograms::count);
        return new Frame(
                34, 24, WIDTH - 46, HEIGHT - 72, Axis.between(low - pad, high + pad, 5), y);
    }

    private static String count(double value) {
        return value < 1000
                ? Numbers.fixed(value, 0)
                : value < 1e6
                        ? Numbers.fixed(value / 1e3, 0) + "k"
                        : Numbers.significant(value / 1e6).replaceAll("\\.0+$", "") + "M";
    }

    private static List<Mark> outside(Frame frame, Interval clipping) {
        List<Mark> marks = new ArrayList<>();
        double low = frame.x(clipping.low());
        double high = frame.x(clipping.high());
        Style style = Style.fill(Ink.TINT_2);
        if (low - frame.left() > 0.5 && clipping.low() > frame.x().low()) {
            marks.add(
                    new Mark.Box(
                            frame.left(),
                            frame.top(),
                            low - frame.left(),
                            frame.height(),
                            0,
                            style));
        }
        if (frame.right() - high > 0.5 && clipping.high() < frame.x().high()) {
            marks.add(
                    new Mark.Box(
                            high, frame.top(), frame.right() - high, frame.height(), 0, style));
        }
        return marks;
    }

    private static List<Mark> bars(Frame frame, TensorHistogram tensor) {
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < tensor.counts().size(); i++) {
            long count = tensor.counts().get(i);
            if (count > 0) {
                double left = frame.x(tensor.edges().get(i));
                double right = frame.x(tensor.edges().get(i + 1));
                // One value has to be seen, too, on an axis that begins at one.
                double top = Math.min(frame.y(count), frame.bottom() - 2);
                marks.add(
                        new Mark.Box(
                                left,
                                top,
                                Math.max(right - left - (right - left > 3 ? 0.5 : 0), 0.5),
                                frame.bottom() - top,
                                0,
                                Style.fill(Ink.SERIES_1)));
            }
        }
        return marks;
    }

    /**
     * The levels as ticks below the axis, and as lines that cut the bars where there are few; where
     * there are too many to tell apart, as one band.
     */
    private static List<Mark> levels(Frame frame, TensorHistogram tensor) {
        List<Double> levels = new ArrayList<>();
        for (double level : tensor.levels()) {
            if (level >= frame.x().low() && level <= frame.x().high()) {
                levels.add(level);
            }
        }
        List<Mark> marks = new ArrayList<>();
        double bottom = frame.bottom();
        if (levels.size() > MAX_LEVELS) {
            double left = frame.x(levels.get(0));
            double right = frame.x(levels.get(levels.size() - 1));
            Style band = Style.fill(Ink.SERIES_2);
            marks.add(new Mark.Box(left, bottom + 1.5, right - left, LEVEL_HEIGHT, 0, band));
            return marks;
        }
        for (double level : levels) {
            double at = frame.x(level);
            if (levels.size() <= FEW_LEVELS) {
                marks.add(
                        Mark.Polyline.line(
                                at, frame.top(), at, bottom - 1, Style.stroke(Ink.PAPER, 0.8)));
            }
            marks.add(
                    Mark.Polyline.line(
                            at,
                            bottom + 1.5,
                            at,
                            bottom + 1.5 + LEVEL_HEIGHT,
                            Style.stroke(Ink.SERIES_2, 1.2)));
        }
        return marks;
    }

    private static Mark limit(Frame frame, double at) {
        if (at < frame.x().low() || at > frame.x().high()) {
            return new Mark.Group("outside", List.of());
        }
        double x = frame.x(at);
        boolean first = x < frame.left() + frame.width() / 2;
        String text = "clip";
        double width = TextWidth.of(text, Frame.SMALL);
        boolean fits = first ? x - width - 4 > frame.left() : x + width + 4 < WIDTH;
        List<Mark> marks = new ArrayList<>();
        marks.add(
                Mark.Polyline.line(
                        x,
                        frame.top() - 4,
                        x,
                        frame.bottom(),
                        Style.stroke(Ink.SERIES_2, 1.5, 4.0, 3.0)));
        marks.add(
                new Mark.Label(
                        first == fits ? x - 4 : x + 4,
                        frame.top() + 6,
                        text,
                        Frame.SMALL,
                        first == fits ? Anchor.END : Anchor.START,
                        Ink.SERIES_2));
        return new Mark.Group("Clipped at " + Numbers.significant(at), marks);
    }

    private static DataTable table(TensorHistogram tensor) {
        List<List<Cell>> rows = new ArrayList<>();
        for (int i = 0; i < tensor.counts().size(); i++) {
            rows.add(
                    List.of(
                            Numbers.cell(tensor.edges().get(i), Numbers::significant),
                            Numbers.cell(tensor.edges().get(i + 1), Numbers::significant),
                            Numbers.cell(tensor.counts().get(i))));
        }
        return new DataTable(
                List.of(Column.number("From"), Column.number("To"), Column.number("Values")), rows);
    }
}
