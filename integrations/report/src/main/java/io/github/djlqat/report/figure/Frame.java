package io.github.djlqat.report.figure;

import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Mark.Anchor;
import io.github.djlqat.report.drawing.Style;
import java.util.ArrayList;
import java.util.List;

/**
 * The rectangle between two axes.
 *
 * @param left its left side
 * @param top its upper side
 * @param width its width
 * @param height its height
 * @param x the axis to the right
 * @param y the axis upwards
 */
record Frame(double left, double top, double width, double height, Axis x, Axis y) {

    static final double FONT = 12;
    static final double SMALL = 11;

    private static final double TICK_GAP = 6;

    double x(double value) {
        return left + width * x.position(value);
    }

    double y(double value) {
        return top + height * (1 - y.position(value));
    }

    double right() {
        return left + width;
    }

    double bottom() {
        return top + height;
    }

    /** Returns grid lines and labels, with the names of both axes. */
    List<Mark> marks(String xName, String yName) {
        return marks(xName, yName, 0);
    }

    /** Returns the same with room between the axis and its labels. */
    List<Mark> marks(String xName, String yName, double room) {
        List<Mark> marks = new ArrayList<>();
        for (Axis.Tick tick : y.ticks()) {
            double at = y(tick.value());
            marks.add(Mark.Polyline.line(left, at, right(), at, Style.stroke(Ink.GRID, 1)));
            marks.add(label(left - TICK_GAP, at + 4, tick.label(), Anchor.END));
        }
        for (Axis.Tick tick : x.ticks()) {
            double at = x(tick.value());
            marks.add(
                    Mark.Polyline.line(
                            at,
                            bottom() + room,
                            at,
                            bottom() + room + 4,
                            Style.stroke(Ink.AXIS, 1)));
            marks.add(label(at, bottom() + room + 17, tick.label(), Anchor.MIDDLE));
        }
        marks.add(Mark.Polyline.line(left, bottom(), right(), bottom(), Style.stroke(Ink.AXIS, 1)));
        marks.add(label(right(), bottom() + room + 34, xName, Anchor.END));
        marks.add(new Mark.Label(2, 12, yName, SMALL, Anchor.START, Ink.MUTED));
        return marks;
    }

    private static Mark label(double x, double y, String text, Anchor anchor) {
        return new Mark.Label(x, y, text, SMALL, anchor, Ink.MUTED);
    }
}
