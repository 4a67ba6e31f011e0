package io.github.djlqat.report.collect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizationDebugger;
import io.github.djlqat.fakequant.QuantizedArgument;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.QuantizedOperation;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.TensorHistogram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What has been seen of one model. */
public final class ModelRecord {

    private final QuantizationDebugger debugger;
    private final Map<Key, OperationRecord> operations = new LinkedHashMap<>();

    private record Key(String name, String op) {}

    /** How much the parameters of a node take. */
    private record Extent(long parameters, long bytes) {}

    /**
     * Creates a record of a model that has not run.
     *
     * @param block a prepared and calibrated block
     */
    public ModelRecord(QuantizedBlock block) {
        this.debugger = new QuantizationDebugger(block);
    }

    /**
     * Runs the model once.
     *
     * @param manager the manager to run with
     * @param inputs the inputs
     */
    public void observe(NDManager manager, NDList inputs) {
        debugger.run(
                manager,
                inputs,
                new QuantizationDebugger.Listener() {
                    @Override
                    public void activation(
                            QuantizedOperation operation,
                            QuantizedArgument argument,
                            NDArray values) {
                        requireUninterrupted();
                        record(operation).observe(argument, values);
                    }

                    @Override
                    public void output(
                            QuantizedOperation operation, NDArray exact, NDArray quantized) {
                        requireUninterrupted();
                        record(operation).compare(exact, quantized);
                    }
                });
    }

    private static void requireUninterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("The collection of a report was interrupted.");
        }
    }

    private OperationRecord record(QuantizedOperation operation) {
        return operations.computeIfAbsent(
                new Key(operation.name(), operation.op()), key -> new OperationRecord(operation));
    }

    /**
     * Adds what was seen.
     *
     * @param builder the report
     * @param block the model
     * @return the builder
     * @throws IllegalStateException if nothing was seen
     */
    public ReportData.Builder addTo(ReportData.Builder builder, QuantizedBlock block) {
        if (operations.isEmpty()) {
            throw new IllegalStateException(
                    "No batch was observed: a report needs at least one, of any size.");
        }
        Graph graph = Quantization.convert(block).graph();
        List<TensorHistogram> histograms = new ArrayList<>();
        List<LayerRow> rows = new ArrayList<>();
        Set<OperationRecord> left = new LinkedHashSet<>(operations.values());
        for (Node node : graph.nodes()) {
            OperationRecord seen = operations.get(new Key(node.site().name(), node.op()));
            Extent extent = extent(node.arguments());
            if (seen != null && !seen.isLayer()) {
                left.remove(seen);
            } else if (seen != null && left.remove(seen)) {
                rows.add(
                        seen.row(
                                histograms,
                                outputFormat(graph, node),
                                extent == null ? null : (Long) extent.parameters(),
                                extent == null ? null : (Long) extent.bytes()));
            } else if (seen == null && extent != null && hasWeight(node)) {
                rows.add(
                        new LayerRow(
                                node.site().name(),
                                node.op(),
                                null,
                                null,
                                outputFormat(graph, node),
                                null,
                                Map.of(),
                                extent.parameters(),
                                extent.bytes()));
            }
        }
        left.forEach(seen -> rows.add(seen.row(histograms, null, null, null)));
        Map<Key, TensorHistogram> once = new LinkedHashMap<>();
        histograms.forEach(h -> once.putIfAbsent(new Key(h.tensor(), h.kind().name()), h));
        return builder.addLayers(rows)
                .addHistograms(List.copyOf(once.values()))
                .optGraph(GraphRecord.of(graph))
                .optRecipe(RecipeWriter.toYaml(block.getRecipe()));
    }

    /** The format that every use of a result is rounded to, or null. */
    private static @Nullable String outputFormat(Graph graph, Node node) {
        for (Node other : graph.nodes()) {
            if (GraphRecord.isRounding(other)
                    && other.arguments().get(0) instanceof Argument.ValueReference reference
                    && node.outputs().contains(reference.value())
                    && other.arguments().get(1) instanceof Argument.Literal how) {
                return TensorFormats.name(how.value());
            }
        }
        return null;
    }

    private static boolean hasWeight(Node node) {
        return node.arguments().stream()
                .anyMatch(
                        argument ->
                                argument instanceof Argument.ParameterReference reference
                                        && reference.parameter().getShape().dimension() > 1);
    }

    /** Returns what the parameters among arguments take, or null where none has two axes. */
    private static @Nullable Extent extent(List<Argument> arguments) {
        long parameters = 0;
        long bytes = 0;
        boolean layer = false;
        for (Argument argument : arguments) {
            if (argument instanceof Argument.Quantized weight) {
                layer = true;
                parameters += weight.tensor().shape().size();
                bytes += TensorFormats.bytes(weight.tensor());
            } else if (argument instanceof Argument.Constant constant) {
                layer |= constant.shape().dimension() > 1;
                parameters += constant.shape().size();
                bytes += TensorFormats.bytes(constant.shape(), constant.format());
            } else if (argument instanceof Argument.ParameterReference reference) {
                Shape shape = reference.parameter().getShape();
                layer |= shape.dimension() > 1;
                parameters += shape.size();
                bytes += TensorFormats.bytes(shape, null);
            }
        }
        return layer ? new Extent(parameters, bytes) : null;
    }
}
