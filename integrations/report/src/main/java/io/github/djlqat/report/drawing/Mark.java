package io.github.djlqat.report.drawing;

import java.util.List;

/** A part of a drawing. Coordinates grow to the right and downwards. */
public sealed interface Mark {

    /**
     * A point.
     *
     * @param x to the right
     * @param y downwards
     */
    record Point(double x, double y) {}

    /**
     * A rectangle.
     *
     * @param x the left side
     * @param y the upper side
     * @param width the width
     * @param height the height
     * @param radius the radius of its corners
     * @param style how it is drawn
     */
    record Box(double x, double y, double width, double height, double radius, Style style)
            implements Mark {}

    /**
     * A line through points.
     *
     * @param points the points, at least two
     * @param closed whether the last is joined to the first
     * @param style how it is drawn
     */
    record Polyline(List<Point> points, boolean closed, Style style) implements Mark {
        /**
         * Copies the list.
         *
         * @param points the points, at least two
         * @param closed whether the last is joined to the first
         * @param style how it is drawn
         */
        public Polyline {
            points = List.copyOf(points);
        }

        /**
         * Creates a straight line.
         *
         * @param x1 the x of its start
         * @param y1 the y of its start
         * @param x2 the x of its end
         * @param y2 the y of its end
         * @param style how it is drawn
         * @return the line
         */
        public static Polyline line(double x1, double y1, double x2, double y2, Style style) {
            return new Polyline(List.of(new Point(x1, y1), new Point(x2, y2)), false, style);
        }
    }

    /**
     * A smooth line through points, vertical at each of them.
     *
     * @param points the points, at least two
     * @param style how it is drawn
     */
    record Flow(List<Point> points, Style style) implements Mark {
        /**
         * Copies the list.
         *
         * @param points the points, at least two
         * @param style how it is drawn
         */
        public Flow {
            points = List.copyOf(points);
        }
    }

    /** The outline of a symbol. */
    enum Shape {
        /** A circle. */
        CIRCLE,
        /** A square on its side. */
        SQUARE,
        /** A triangle that points up. */
        TRIANGLE,
        /** A square on its corner. */
        DIAMOND;

        private static final Shape[] ALL = values();

        /**
         * Returns the shape of a series.
         *
         * @param index the number of the series, from 0; it wraps around
         * @return the shape
         */
        public static Shape series(int index) {
            return ALL[index % ALL.length];
        }
    }

    /**
     * A symbol for a data point.
     *
     * @param shape the outline
     * @param x the middle
     * @param y the middle
     * @param size half of its width
     * @param style how it is drawn
     */
    record Symbol(Shape shape, double x, double y, double size, Style style) implements Mark {}

    /** Which end of a text its point is. */
    enum Anchor {
        /** The left end. */
        START,
        /** The middle. */
        MIDDLE,
        /** The right end. */
        END
    }

    /**
     * A line of text.
     *
     * @param x the point of the anchor
     * @param y the base line
     * @param text the text
     * @param size the size of the font
     * @param anchor which end the point is
     * @param ink the colour
     * @param bold whether it is bold
     * @param upright whether it reads from left to right, rather than from below upwards
     */
    record Label(
            double x,
            double y,
            String text,
            double size,
            Anchor anchor,
            Ink ink,
            boolean bold,
            boolean upright)
            implements Mark {

        /**
         * Creates a label of normal weight from left to right.
         *
         * @param x the point of the anchor
         * @param y the base line
         * @param text the text
         * @param size the size of the font
         * @param anchor which end the point is
         * @param ink the colour
         */
        public Label(double x, double y, String text, double size, Anchor anchor, Ink ink) {
            this(x, y, text, size, anchor, ink, false, true);
        }
    }

    /**
     * Marks that stand for one thing, which a reader can ask the name of.
     *
     * @param title what they stand for
     * @param marks the marks
     */
    record Group(String title, List<Mark> marks) implements Mark {
        /**
         * Copies the list.
         *
         * @param title what they stand for
         * @param marks the marks
         */
        public Group {
            marks = List.copyOf(marks);
        }
    }
}
