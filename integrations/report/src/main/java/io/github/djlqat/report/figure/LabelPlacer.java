package io.github.djlqat.report.figure;

import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Mark;
import io.github.djlqat.report.drawing.Mark.Anchor;
import io.github.djlqat.report.drawing.TextWidth;
import java.util.ArrayList;
import java.util.List;

/** Puts names beside points, where they hide as little as they can. */
final class LabelPlacer {

    private static final double GAP = 9;
    private static final double STEP = 4;

    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final List<Area> taken = new ArrayList<>();

    private record Area(double x, double y, double width, double height) {
        double overlap(Area other) {
            double w = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
            double h = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
            return w > 0 && h > 0 ? w * h : 0;
        }
    }

    LabelPlacer(double left, double right, double top, double bottom) {
        this.left = left;
        this.right = right;
        this.top = top;
        this.bottom = bottom;
    }

    /** Keeps labels away from a point. */
    void avoid(double x, double y, double radius) {
        taken.add(new Area(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    /** Keeps labels away from a line. */
    void avoid(Mark.Point from, Mark.Point to) {
        double length = Math.hypot(to.x() - from.x(), to.y() - from.y());
        int steps = (int) Math.ceil(length / STEP);
        for (int i = 1; i < steps; i++) {
            double share = (double) i / steps;
            avoid(
                    from.x() + share * (to.x() - from.x()),
                    from.y() + share * (to.y() - from.y()),
                    1.5);
        }
    }

    /** Returns the label of a point. */
    Mark.Label place(double x, double y, String text, double size, Ink ink) {
        double width = TextWidth.of(text, size);
        Mark.Label best = null;
        Area bestArea = null;
        double bestCost = Double.POSITIVE_INFINITY;
        double[] shifts = {0, -size, size, -2 * size, 2 * size, -3 * size, 3 * size};
        for (int i = 0; i < shifts.length; i++) {
            for (Anchor anchor : Anchor.values()) {
                boolean middle = anchor == Anchor.MIDDLE;
                double base = y + size / 3 + shifts[i] + (middle && shifts[i] == 0 ? -GAP : 0);
                double at =
                        switch (anchor) {
                            case START -> x + GAP;
                            case MIDDLE -> x;
                            case END -> x - GAP;
                        };
                double start =
                        switch (anchor) {
                            case START -> at;
                            case MIDDLE -> at - width / 2;
                            case END -> at - width;
                        };
                Area area = new Area(start, base - size * 0.8, width, size);
                double cost = cost(area) + i + (middle ? 0.5 : 0);
                if (cost < bestCost) {
                    bestCost = cost;
                    bestArea = area;
                    best = new Mark.Label(at, base, text, size, anchor, ink);
                }
            }
        }
        if (best == null || bestArea == null) {
            throw new IllegalStateException("There is no place for a label.");
        }
        taken.add(bestArea);
        return best;
    }

    private double cost(Area area) {
        double outside =
                Math.max(left - area.x, 0)
                        + Math.max(area.x + area.width - right, 0)
                        + Math.max(top - area.y, 0)
                        + Math.max(area.y + area.height - bottom, 0);
        return 100 * outside + taken.stream().mapToDouble(area::overlap).sum();
    }
}
