package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import org.jspecify.annotations.Nullable;

/**
 * Tells which dimensions of a traced graph grow with the batch.
 *
 * <p>A trace holds the batch size it ran with in the shapes of its literals. With a second trace at
 * another batch size the dimensions that differ are known; with one trace, a leading dimension that
 * equals the batch size is taken for it.
 */
final class BatchScaling {

    private final Graph graph;
    private final @Nullable Graph other;
    private final boolean dynamic;
    private final long batch;
    private final long otherBatch;

    /**
     * Compares two traces.
     *
     * @throws OnnxExportException if the traces differ in more than batch sizes
     */
    BatchScaling(Graph graph, @Nullable Graph other, boolean dynamic) {
        this.graph = graph;
        this.other = dynamic ? other : null;
        this.dynamic = dynamic;
        batch = batch(graph);
        otherBatch = other == null ? -1 : batch(other);
        if (this.other != null) {
            check(this.other);
        }
    }

    private static long batch(Graph graph) {
        if (graph.inputs().isEmpty()) {
            throw new OnnxExportException(
                    "The graph has no inputs; a model that can be exported takes at least one tensor.");
        }
        Shape shape = graph.inputs().get(0).shape();
        return shape.dimension() == 0 ? -1 : shape.get(0);
    }

    private void check(Graph second) {
        if (otherBatch == batch) {
            throw new OnnxExportException(
                    "Both traces have the batch size "
                            + batch
                            + "; the second one must have another.");
        }
        boolean alike =
                second.nodes().size() == graph.nodes().size()
                        && second.inputs().size() == graph.inputs().size()
                        && second.outputs().size() == graph.outputs().size();
        for (int i = 0; alike && i < graph.nodes().size(); i++) {
            Node first = graph.nodes().get(i);
            Node twin = second.nodes().get(i);
            if (!first.op().equals(twin.op())
                    || first.arguments().size() != twin.arguments().size()) {
                alike = false;
            }
        }
        if (!alike) {
            throw new OnnxExportException(
                    "The traces at the batch sizes "
                            + batch
                            + " and "
                            + otherBatch
                            + " do not run the same operations: the model branches on the batch size. Export it with"
                            + " optDynamicBatch(false).");
        }
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
                graph.inputs().get(input).shape(),
                other == null ? null : other.inputs().get(input).shape());
    }

    long[] outputFactors(int output) {
        return factors(
                graph.outputs().get(output).shape(),
                other == null ? null : other.outputs().get(output).shape());
    }

    long[] valueFactors(int node, int output) {
        return factors(
                graph.nodes().get(node).outputs().get(output).shape(),
                other == null ? null : other.nodes().get(node).outputs().get(output).shape());
    }

    private long[] factors(Shape shape, @Nullable Shape twin) {
        long[] factors = new long[shape.dimension()];
        if (!dynamic()) {
            return factors;
        }
        if (twin != null && twin.dimension() != factors.length) {
            throw new OnnxExportException(
                    "A tensor has the shape "
                            + shape
                            + " at the batch size "
                            + batch
                            + " and "
                            + twin
                            + " at "
                            + otherBatch
                            + ": its number of dimensions depends on the batch size, as after squeeze() without axes."
                            + " Name the axes, or export the model with optDynamicBatch(false).");
        }
        for (int i = 0; i < factors.length; i++) {
            long dim = shape.get(i);
            if (twin == null) {
                factors[i] = i == 0 && dim == batch ? 1 : 0;
            } else if (dim != twin.get(i)) {
                if (dim % batch != 0 || dim / batch * otherBatch != twin.get(i)) {
                    throw new OnnxExportException(
                            "A dimension is "
                                    + dim
                                    + " at the batch size "
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
