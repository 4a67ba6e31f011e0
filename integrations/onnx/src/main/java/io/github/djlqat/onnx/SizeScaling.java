package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.TraceComparison;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Tells which dimensions of a traced graph grow with the dynamic axes: the batch, or those that
 * were chosen in its place.
 *
 * <p>A trace holds the sizes it ran with in the shapes of its literals. With another trace for each
 * axis, in which this axis alone has another size, the dimensions that follow it are known; with
 * one trace, a leading dimension that equals the batch size is taken for it.
 */
final class SizeScaling {

    private final Graph graph;
    private final List<Graph> others;
    private final boolean dynamic;
    private final List<DynamicAxis> axes;
    private final long[] sizes;
    private final long[] otherSizes;
    private final Map<Integer, List<Shape>> shapes = new HashMap<>();

    /**
     * Compares traces.
     *
     * @param others one for each axis, in the order of the axes; or none
     * @throws OnnxExportException if the traces differ in more than these sizes
     */
    SizeScaling(Graph graph, List<Graph> others, boolean dynamic, List<DynamicAxis> axes) {
        this.axes = axes;
        this.graph = graph;
        this.others = dynamic ? List.copyOf(others) : List.of();
        this.dynamic = dynamic;
        sizes = axes.stream().mapToLong(axis -> axis.size(graph)).toArray();
        if (dynamic && others.size() != axes.size() && (axes.size() > 1 || others.size() > 1)) {
            throw new OnnxExportException(
                    "There are "
                            + others.size()
                            + " traces beside the first for "
                            + axes.size()
                            + " dynamic axes "
                            + axes.stream().map(DynamicAxis::name).toList()
                            + "; each axis needs one in which it has another size.");
        }
        otherSizes = new long[this.others.size()];
        for (int k = 0; k < otherSizes.length; k++) {
            check(k);
        }
    }

    private void check(int k) {
        Graph second = others.get(k);
        DynamicAxis axis = axes.get(k);
        otherSizes[k] = axis.size(second);
        if (otherSizes[k] == sizes[k]) {
            throw new OnnxExportException(
                    "Both traces have the "
                            + axis.size()
                            + " "
                            + sizes[k]
                            + "; the second one must have another.");
        }
        for (int other = 0; other < axes.size(); other++) {
            if (other != k && axes.get(other).size(second) != sizes[other]) {
                throw new OnnxExportException(
                        "The trace with another "
                                + axis.size()
                                + " has another "
                                + axes.get(other).size()
                                + ", too: "
                                + axes.get(other).size(second)
                                + " for "
                                + sizes[other]
                                + ". One alone must differ.");
            }
        }
        Optional<TraceComparison.Difference> difference = TraceComparison.difference(graph, second);
        if (difference.isPresent()) {
            throw new OnnxExportException(
                    "The traces at the "
                            + axis.size()
                            + " "
                            + sizes[k]
                            + " and "
                            + otherSizes[k]
                            + " do not run the same program. The first difference is at "
                            + difference.get()
                            + ". The model branches on the size, on its data, or on something outside of it. If it is"
                            + " the size alone, export it with optDynamicBatch(false).");
        }
    }

    /** Returns the same node in each of the other traces. */
    List<Node> twins(int node) {
        return others.stream().map(other -> other.nodes().get(node)).toList();
    }

    /**
     * Returns what the traces say of a number: a constant, a multiple of sizes, or a size with
     * something added. Other formulas cannot be told apart by so few traces.
     *
     * @param again the number in each of the other traces
     * @return the number, or empty where none of these fits
     */
    Optional<Extent> extent(long traced, long... again) {
        List<Integer> changed =
                IntStream.range(0, again.length).filter(k -> again[k] != traced).boxed().toList();
        if (changed.isEmpty()) {
            return Optional.of(Extent.of(traced));
        }
        long unit = changed.stream().mapToLong(k -> sizes[k]).reduce(1, Math::multiplyExact);
        boolean multiple =
                unit != 0
                        && traced % unit == 0
                        && changed.stream()
                                .allMatch(k -> traced / sizes[k] * otherSizes[k] == again[k]);
        if (multiple) {
            return Optional.of(new Extent(traced / unit, changed, 0));
        }
        int k = changed.get(0);
        return changed.size() == 1 && again[k] - traced == otherSizes[k] - sizes[k]
                ? Optional.of(Extent.size(k).plus(traced - sizes[k]))
                : Optional.empty();
    }

    /** Says at which sizes two values were seen that differ. */
    String seen(String traced, List<String> again) {
        int k =
                IntStream.range(0, again.size())
                        .filter(i -> !again.get(i).equals(traced))
                        .findFirst()
                        .orElse(0);
        return traced
                + " at the "
                + axes.get(k).size()
                + " "
                + sizes[k]
                + " and "
                + again.get(k)
                + " at "
                + otherSizes[k];
    }

    List<DynamicAxis> axes() {
        return axes;
    }

    boolean dynamic() {
        return dynamic && Arrays.stream(sizes).allMatch(size -> size >= 0);
    }

    /** Whether extents come from comparing traces, rather than from equal sizes in one. */
    boolean compared() {
        return dynamic() && !others.isEmpty();
    }

    /** Returns the traced size of a dynamic axis. */
    long size(int axis) {
        return sizes[axis];
    }

    List<Extent> inputExtents(int input) {
        return extents(
                "input " + input,
                graph.inputs().get(input).shape(),
                others.stream().map(other -> other.inputs().get(input).shape()).toList());
    }

    /** Returns the dimensions of a node's output. */
    List<Extent> extents(int node, int output) {
        Node traced = graph.nodes().get(node);
        return extents(
                traced.place(),
                traced.outputs().get(output).shape(),
                twins(node).stream().map(twin -> twin.outputs().get(output).shape()).toList());
    }

    /** Returns the dimensions of a node's output, empty for those that follow no formula. */
    List<Optional<Extent>> knownExtents(int node, int output) {
        Node traced = graph.nodes().get(node);
        return known(
                traced.place(),
                traced.outputs().get(output).shape(),
                twins(node).stream().map(twin -> twin.outputs().get(output).shape()).toList());
    }

    /** Returns what is known of an output's dimensions; nothing of those that follow no formula. */
    List<Optional<Extent>> outputExtents(int output) {
        return known(
                "output " + output,
                graph.outputs().get(output).shape(),
                others.stream().map(other -> other.outputs().get(output).shape()).toList());
    }

    /** Whether two dimensions have one size in every trace. */
    boolean isSameDimension(Value value, int axis, Value other, int otherAxis) {
        List<Shape> first = shapesOf(value);
        List<Shape> second = shapesOf(other);
        return IntStream.range(0, first.size())
                .allMatch(i -> first.get(i).get(axis) == second.get(i).get(otherAxis));
    }

    /** Whether a dimension has one size in all traces. */
    boolean isFixed(Value value, int axis) {
        return shapesOf(value).stream().mapToLong(shape -> shape.get(axis)).distinct().count() == 1;
    }

    private List<Shape> shapesOf(Value value) {
        if (shapes.isEmpty()) {
            List<Graph> all = new ArrayList<>(List.of(graph));
            all.addAll(others);
            for (Graph trace : all) {
                trace.inputs().forEach(this::addShape);
                trace.nodes().forEach(node -> node.outputs().forEach(this::addShape));
            }
        }
        return shapes.getOrDefault(value.id(), List.of(value.shape()));
    }

    private void addShape(Value value) {
        shapes.computeIfAbsent(value.id(), id -> new ArrayList<>()).add(value.shape());
    }

    /**
     * Returns dimensions in the order of the axes.
     *
     * @param again the shape in each of the other traces
     * @throws OnnxExportException if one follows no formula
     */
    List<Extent> extents(String place, Shape shape, List<Shape> again) {
        List<Optional<Extent>> known = known(place, shape, again);
        return IntStream.range(0, known.size())
                .mapToObj(i -> known.get(i).orElseThrow(() -> unknown(place, shape, again, i)))
                .toList();
    }

    private OnnxExportException unknown(String place, Shape shape, List<Shape> again, int i) {
        return new OnnxExportException(
                place
                        + " has a dimension of "
                        + seen(
                                String.valueOf(shape.get(i)),
                                again.stream().map(other -> String.valueOf(other.get(i))).toList())
                        + ", which is not proportional. Export the model with optDynamicBatch(false).");
    }

    private List<Optional<Extent>> known(String place, Shape shape, List<Shape> again) {
        again.forEach(other -> requireSameRank(place, shape, other));
        return IntStream.range(0, shape.dimension()).mapToObj(i -> known(shape, again, i)).toList();
    }

    private Optional<Extent> known(Shape shape, List<Shape> again, int i) {
        if (!compared()) {
            boolean leads = dynamic() && i == axes.get(0).axis() && shape.get(i) == sizes[0];
            return Optional.of(leads ? Extent.size(0) : Extent.of(shape.get(i)));
        }
        return extent(shape.get(i), again.stream().mapToLong(other -> other.get(i)).toArray());
    }

    private void requireSameRank(String place, Shape shape, Shape other) {
        if (other.dimension() != shape.dimension()) {
            throw new OnnxExportException(
                    place
                            + " has the shape "
                            + shape
                            + " in one trace and "
                            + other
                            + " in another: its number of dimensions depends on the size of "
                            + axes.stream().map(DynamicAxis::name).toList()
                            + ", as after squeeze() without axes."
                            + " Name the axes, or export the model with optDynamicBatch(false).");
        }
    }
}
