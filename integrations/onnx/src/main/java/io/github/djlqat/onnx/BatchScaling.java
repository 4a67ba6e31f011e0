package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.TraceComparison;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells which dimensions of a traced graph grow with the batch, or with another axis that was
 * chosen in its place.
 *
 * <p>A trace holds the batch size it ran with in the shapes of its literals. With a second trace at
 * another batch size the dimensions that differ are known; with one trace, a leading dimension that
 * equals the batch size is taken for it.
 */
final class BatchScaling {

    private final Graph graph;
    private final @Nullable Graph other;
    private final boolean dynamic;
    private final DynamicAxis axis;
    private final long batch;
    private final long otherBatch;

    /**
     * Compares two traces.
     *
     * @throws OnnxExportException if the traces differ in more than batch sizes
     */
    BatchScaling(Graph graph, @Nullable Graph other, boolean dynamic, DynamicAxis axis) {
        this.axis = axis;
        this.graph = graph;
        this.other = dynamic ? other : null;
        this.dynamic = dynamic;
        batch = axis.size(graph);
        otherBatch = other == null ? -1 : axis.size(other);
        if (this.other != null) {
            check(this.other);
        }
    }

    private void check(Graph second) {
        if (otherBatch == batch) {
            throw new OnnxExportException(
                    "Both traces have the "
                            + axis.size()
                            + " "
                            + batch
                            + "; the second one must have another.");
        }
        Optional<TraceComparison.Difference> difference = TraceComparison.difference(graph, second);
        if (difference.isPresent()) {
            throw new OnnxExportException(
                    "The traces at the "
                            + axis.size()
                            + " "
                            + batch
                            + " and "
                            + otherBatch
                            + " do not run the same program. The first difference is at "
                            + difference.get()
                            + ". The model branches on the size, on its data, or on something outside of it. If it is"
                            + " the size alone, export it with optDynamicBatch(false).");
        }
    }

    /** Returns the same node in the other trace, or null where there is none. */
    @Nullable Node twin(int node) {
        return other == null ? null : other.nodes().get(node);
    }

    /**
     * Returns what two traces say of a number: a constant, a multiple of the batch size, or the
     * batch size with something added. Other formulas cannot be told apart by two traces.
     *
     * @return the number, or empty where none of these fits
     */
    Optional<Extent> extent(long traced, long again) {
        if (traced == again) {
            return Optional.of(Extent.of(traced));
        }
        if (traced % batch == 0 && traced / batch * otherBatch == again) {
            return Optional.of(new Extent(traced / batch, 0));
        }
        return again - traced == otherBatch - batch
                ? Optional.of(new Extent(1, traced - batch))
                : Optional.empty();
    }

    /** Says at which batch sizes two values were seen. */
    String seen(String traced, String again) {
        return traced
                + " at the "
                + axis.size()
                + " "
                + batch
                + " and "
                + again
                + " at "
                + otherBatch;
    }

    DynamicAxis axis() {
        return axis;
    }

    boolean dynamic() {
        return dynamic && batch >= 0;
    }

    /** Whether factors come from comparing two traces, rather than from equal sizes in one. */
    boolean compared() {
        return dynamic() && other != null;
    }

    long batch() {
        return batch;
    }

    /**
     * Returns the factors by which dimensions are multiples of the batch size, 0 where they do not
     * depend on it.
     */
    long[] inputFactors(int input) {
        return factors(
                "input " + input,
                graph.inputs().get(input).shape(),
                other == null ? null : other.inputs().get(input).shape());
    }

    long[] valueFactors(int node, int output) {
        Node traced = graph.nodes().get(node);
        return factors(
                traced.place(),
                traced.outputs().get(output).shape(),
                other == null ? null : other.nodes().get(node).outputs().get(output).shape());
    }

    /** Returns what is known of an output's dimensions; nothing of those that follow no formula. */
    List<Optional<Extent>> outputExtents(int output) {
        Shape shape = graph.outputs().get(output).shape();
        Graph second = other;
        if (second == null || !dynamic()) {
            return Arrays.stream(factors("output " + output, shape, null))
                    .mapToObj(factor -> Optional.of(new Extent(factor, 0)))
                    .toList();
        }
        Shape twin = second.outputs().get(output).shape();
        requireSameRank("output " + output, shape, twin);
        return IntStream.range(0, shape.dimension())
                .mapToObj(i -> extent(shape.get(i), twin.get(i)))
                .toList();
    }

    private void requireSameRank(String place, Shape shape, Shape twin) {
        if (twin.dimension() != shape.dimension()) {
            throw new OnnxExportException(
                    place
                            + " has the shape "
                            + shape
                            + " at the "
                            + axis.size()
                            + " "
                            + batch
                            + " and "
                            + twin
                            + " at "
                            + otherBatch
                            + ": its number of dimensions depends on that size, as after squeeze() without axes."
                            + " Name the axes, or export the model with optDynamicBatch(false).");
        }
    }

    long[] factors(String place, Shape shape, @Nullable Shape twin) {
        long[] factors = new long[shape.dimension()];
        if (!dynamic()) {
            return factors;
        }
        if (twin != null) {
            requireSameRank(place, shape, twin);
        }
        for (int i = 0; i < factors.length; i++) {
            long dim = shape.get(i);
            if (twin == null) {
                factors[i] = i == axis.axis() && dim == batch ? 1 : 0;
            } else if (dim != twin.get(i)) {
                if (dim % batch != 0 || dim / batch * otherBatch != twin.get(i)) {
                    throw new OnnxExportException(
                            place
                                    + " has a dimension of "
                                    + dim
                                    + " at the "
                                    + axis.size()
                                    + " "
                                    + batch
                                    + " and "
                                    + twin.get(i)
                                    + " at "
                                    + otherBatch
                                    + ", which is not proportional. Export the model with optDynamicBatch(false).");
                }
                factors[i] = dim / batch;
            }
        }
        return factors;
    }
}
