package io.github.djlqat.report.figure;

import io.github.djlqat.report.drawing.Mark.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Lays out a directed graph without cycles in rows: each node below all that lead to it, edges
 * across several rows around the nodes between, and rows ordered so that few edges cross.
 *
 * <p>Rows are longest paths from the sources; a row's order is that of the means of its neighbours,
 * in turns from above and from below, of which the order with the fewest crossings is kept.
 *
 * @see <a href="https://doi.org/10.1109/TSMC.1981.4308636">Sugiyama, Tagawa and Toda, Methods for
 *     visual understanding of hierarchical system structures</a>
 */
final class LayeredLayout {

    private static final int SWEEPS = 12;
    private static final int SHIFTS = 24;
    private static final int MAX_WAYPOINTS = 20_000;
    private static final double WAYPOINT_WIDTH = 14;
    private static final double PASSING_WEIGHT = 0.05;

    private final int nodes;
    private final double gap;
    private final List<int[]> edges;
    private final List<Integer> rowOf = new ArrayList<>();
    private final List<Double> widths = new ArrayList<>();
    private final List<List<Integer>> above = new ArrayList<>();
    private final List<List<Integer>> below = new ArrayList<>();
    private final List<List<Integer>> paths = new ArrayList<>();
    private final List<List<Integer>> rows = new ArrayList<>();
    private double[] x = new double[0];
    private int[] order = new int[0];

    /**
     * Lays out a graph.
     *
     * @param widths the widths of the nodes
     * @param edges pairs of nodes, each from a node to a later one
     * @param gap the least distance of two nodes of a row
     */
    LayeredLayout(double[] widths, List<int[]> edges, double gap) {
        this.nodes = widths.length;
        this.edges = edges;
        this.gap = gap;
        for (double width : widths) {
            addVertex(0, width);
        }
        rank();
        addWaypoints();
        for (int v = 0; v < rowOf.size(); v++) {
            while (rows.size() <= rowOf.get(v)) {
                rows.add(new ArrayList<>());
            }
            rows.get(rowOf.get(v)).add(v);
        }
        orderRows();
        place();
    }

    private int addVertex(int row, double width) {
        rowOf.add(row);
        widths.add(width);
        above.add(new ArrayList<>());
        below.add(new ArrayList<>());
        return rowOf.size() - 1;
    }

    private void rank() {
        List<int[]> sorted = new ArrayList<>(edges);
        sorted.sort(Comparator.comparingInt(edge -> edge[0]));
        for (int[] edge : sorted) {
            rowOf.set(edge[1], Math.max(rowOf.get(edge[1]), rowOf.get(edge[0]) + 1));
        }
    }

    /** Puts a vertex into every row that an edge passes. */
    private void addWaypoints() {
        long needed = edges.stream().mapToLong(e -> rowOf.get(e[1]) - rowOf.get(e[0]) - 1L).sum();
        for (int[] edge : edges) {
            List<Integer> path = new ArrayList<>();
            int last = edge[0];
            path.add(last);
            for (int row = rowOf.get(edge[0]) + 1;
                    row < rowOf.get(edge[1]) && needed <= MAX_WAYPOINTS;
                    row++) {
                int waypoint = addVertex(row, WAYPOINT_WIDTH);
                connect(last, waypoint);
                path.add(waypoint);
                last = waypoint;
            }
            connect(last, edge[1]);
            path.add(edge[1]);
            paths.add(path);
        }
    }

    private void connect(int from, int to) {
        below.get(from).add(to);
        above.get(to).add(from);
    }

    private void orderRows() {
        order = new int[rowOf.size()];
        number();
        List<List<Integer>> best = copy();
        long fewest = crossings();
        for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
            boolean down = sweep % 2 == 0;
            for (int i = 1; i < rows.size(); i++) {
                int row = down ? i : rows.size() - 1 - i;
                sort(rows.get(row), down ? above : below);
            }
            long now = crossings();
            if (now < fewest) {
                fewest = now;
                best = copy();
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            rows.set(i, best.get(i));
        }
        number();
    }

    private List<List<Integer>> copy() {
        List<List<Integer>> copy = new ArrayList<>();
        rows.forEach(row -> copy.add(new ArrayList<>(row)));
        return copy;
    }

    private void number() {
        for (List<Integer> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                order[row.get(i)] = i;
            }
        }
    }

    private void sort(List<Integer> row, List<List<Integer>> neighbours) {
        double[] means = new double[rowOf.size()];
        for (int v : row) {
            means[v] =
                    neighbours.get(v).stream().mapToInt(u -> order[u]).average().orElse(order[v]);
        }
        row.sort(Comparator.comparingDouble(v -> means[v]));
        for (int i = 0; i < row.size(); i++) {
            order[row.get(i)] = i;
        }
    }

    long crossings() {
        long sum = 0;
        for (List<Integer> row : rows) {
            List<int[]> ends = new ArrayList<>();
            for (int v : row) {
                below.get(v).forEach(u -> ends.add(new int[] {order[v], order[u]}));
            }
            for (int i = 0; i < ends.size(); i++) {
                for (int j = i + 1; j < ends.size(); j++) {
                    long first = (long) ends.get(i)[0] - ends.get(j)[0];
                    long second = (long) ends.get(i)[1] - ends.get(j)[1];
                    sum += first * second < 0 ? 1 : 0;
                }
            }
        }
        return sum;
    }

    /** Draws vertices towards the means of their neighbours, as far as those beside them let. */
    private void place() {
        x = new double[rowOf.size()];
        for (List<Integer> row : rows) {
            double at = 0;
            for (int v : row) {
                x[v] = at + widths.get(v) / 2;
                at += widths.get(v) + gap;
            }
            double middle = (at - gap) / 2;
            row.forEach(v -> x[v] -= middle);
        }
        for (int i = 0; i < SHIFTS; i++) {
            boolean down = i % 2 == 0;
            for (int r = 0; r < rows.size(); r++) {
                shift(rows.get(down ? r : rows.size() - 1 - r), i == SHIFTS - 1);
            }
        }
        paths.forEach(this::straighten);
        double least = Double.POSITIVE_INFINITY;
        for (int v = 0; v < x.length; v++) {
            least = Math.min(least, x[v] - widths.get(v) / 2);
        }
        for (int v = 0; v < x.length; v++) {
            x[v] -= least;
        }
    }

    /** Puts the waypoints of an edge below each other, if there is a free column. */
    private void straighten(List<Integer> path) {
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        double sum = 0;
        List<Integer> waypoints = path.subList(1, path.size() - 1);
        for (int v : waypoints) {
            List<Integer> row = rows.get(rowOf.get(v));
            int at = order[v];
            if (at > 0) {
                low = Math.max(low, x[row.get(at - 1)] + distance(row, at));
            }
            if (at < row.size() - 1) {
                high = Math.min(high, x[row.get(at + 1)] - distance(row, at + 1));
            }
            sum += x[v];
        }
        if (low <= high) {
            double column = Math.min(Math.max(sum / waypoints.size(), low), high);
            waypoints.forEach(v -> x[v] = column);
        }
    }

    private void shift(List<Integer> row, boolean last) {
        int size = row.size();
        double[] wanted = new double[size];
        for (int i = 0; i < size; i++) {
            int v = row.get(i);
            double sum = 0;
            double count = 0;
            for (List<Integer> neighbours : List.of(above.get(v), below.get(v))) {
                for (int u : neighbours) {
                    // What only passes by must not push a chain of nodes out of line.
                    double weight = u < nodes || v >= nodes ? 1 : PASSING_WEIGHT;
                    sum += weight * x[u];
                    count += weight;
                }
            }
            wanted[i] = count == 0 ? x[v] : sum / count;
        }
        double[] fromLeft = wanted.clone();
        double[] fromRight = wanted.clone();
        for (int i = 1; i < size; i++) {
            fromLeft[i] = Math.max(fromLeft[i], fromLeft[i - 1] + distance(row, i));
        }
        for (int i = size - 2; i >= 0; i--) {
            fromRight[i] = Math.min(fromRight[i], fromRight[i + 1] - distance(row, i + 1));
        }
        for (int i = 0; i < size; i++) {
            x[row.get(i)] = (fromLeft[i] + fromRight[i]) / 2;
        }
        for (int i = 1; last && i < size; i++) {
            int v = row.get(i);
            x[v] = Math.max(x[v], x[row.get(i - 1)] + distance(row, i));
        }
    }

    private double distance(List<Integer> row, int index) {
        return (widths.get(row.get(index - 1)) + widths.get(row.get(index))) / 2 + gap;
    }

    int rows() {
        return rows.size();
    }

    int row(int node) {
        return rowOf.get(node);
    }

    /** Returns the middle of a node; the leftmost of all vertices begins at 0. */
    double x(int node) {
        return x[node];
    }

    double width() {
        double[] ends = new double[x.length];
        Arrays.setAll(ends, v -> x[v] + widths.get(v) / 2);
        return Arrays.stream(ends).max().orElse(0);
    }

    /** Returns the rows and middles that an edge passes, both ends among them. */
    List<Point> path(int edge) {
        List<Point> points = new ArrayList<>();
        for (int v : paths.get(edge)) {
            points.add(new Point(x[v], rowOf.get(v)));
        }
        return points;
    }
}
