package io.github.djlqat.report.data;

import java.util.List;

/**
 * How a quantity went in training.
 *
 * @param name the name of the run, such as {@code fp32} or {@code qat-w4a4}
 * @param quantity what is drawn, such as {@code validation loss}; curves of one quantity share a
 *     figure
 * @param x what is counted, such as {@code epoch} or {@code step}
 * @param points the points, in order of increasing x
 */
public record Curve(String name, String quantity, String x, List<Point> points) {

    private static final int MAX_POINTS = 100_000;

    /**
     * A point of a curve.
     *
     * @param x the step or epoch, finite
     * @param y the value, finite
     */
    public record Point(double x, double y) {

        /**
         * Checks the numbers.
         *
         * @param x the step or epoch, finite
         * @param y the value, finite
         * @throws IllegalArgumentException if one is not finite
         */
        public Point {
            Checks.finite("x of a curve's point", x);
            Checks.finite("y of a curve's point", y);
        }
    }

    /**
     * Copies the points and checks their order.
     *
     * @param name the name of the run, such as {@code fp32} or {@code qat-w4a4}
     * @param quantity what is drawn, such as {@code validation loss}; curves of one quantity share
     *     a figure
     * @param x what is counted, such as {@code epoch} or {@code step}
     * @param points the points, in order of increasing x
     * @throws IllegalArgumentException if a name is blank, there is no point, or x does not
     *     increase
     */
    public Curve {
        Checks.name("name of a curve", name);
        Checks.name("quantity of the curve " + name, quantity);
        Checks.name("x of the curve " + name, x);
        points = Checks.list("points of the curve " + name, points, MAX_POINTS);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("The curve " + name + " has no points.");
        }
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i).x() <= points.get(i - 1).x()) {
                throw new IllegalArgumentException(
                        "The "
                                + x
                                + " of the curve "
                                + name
                                + " does not increase at point "
                                + i
                                + ".");
            }
        }
    }
}
