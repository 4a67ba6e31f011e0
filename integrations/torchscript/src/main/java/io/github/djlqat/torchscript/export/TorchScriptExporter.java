package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.TraceComparison;
import io.github.djlqat.graph.Value;
import io.github.djlqat.graph.pass.DeadCode;
import io.github.djlqat.torchscript.TorchScriptException;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a traced graph as a TorchScript archive, which DJL, libtorch and Python's {@code
 * torch.jit.load} load.
 *
 * <p>Parameters become parameters of the module. Quantized weights are stored as codes, two in a
 * byte where they have three or four bits and four where they have two, and become floats when the
 * module is loaded; fake-quantized activations are fake-quantized by PyTorch's own operation where
 * it computes as their convention does.
 *
 * <pre>{@code
 * Graph two = GraphTracer.trace(block, manager, inputsOfBatchTwo);
 * Graph three = GraphTracer.trace(block, manager, inputsOfBatchThree);
 * TorchScriptExporter.builder().build().export(two, three, Path.of("model.pt"));
 * }</pre>
 */
public final class TorchScriptExporter {

    /** The name of the method's arguments, before their numbers. */
    static final String INPUT = "input";

    private static final String CLASS_NAME = "Model";

    /** The first version of the format whose operators all mean what they do today. */
    private static final String FORMAT_VERSION = "10\n";

    private final boolean dynamicBatch;
    private final ScriptConverters converters;

    private TorchScriptExporter(Builder builder) {
        dynamicBatch = builder.dynamicBatch;
        converters = new ScriptConverters(builder.converters);
    }

    /**
     * Creates a builder.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Converts a model as an exporter that nothing is set of does.
     *
     * @param graph the graph that is written
     * @param other the same model's graph at another batch size
     * @return the archive
     * @throws TorchScriptException as {@link #toArchive}
     */
    public static TorchScriptArchive export(Graph graph, Graph other) {
        return builder().build().toArchive(graph, other);
    }

    /**
     * Writes a model that was traced at two batch sizes, which tell what follows the batch size.
     *
     * @param graph the graph that is written
     * @param other the same model's graph at another batch size
     * @param path the file, which appears whole or not at all; replaced if it is there
     * @throws IOException if the file cannot be written; it is then as it was before
     * @throws TorchScriptException as {@link #toArchive}
     */
    public void export(Graph graph, Graph other, Path path) throws IOException {
        toArchive(graph, other).write(path);
    }

    /**
     * Converts a model that was traced at two batch sizes, which tell what follows the batch size.
     *
     * @param graph the graph that is written
     * @param other the same model's graph at another batch size; not looked at where the exporter
     *     keeps the traced one
     * @return the archive
     * @throws TorchScriptException if the traces run different operations, or an operation, a
     *     literal or a tensor has no TorchScript form; the message names its site
     */
    public TorchScriptArchive toArchive(Graph graph, Graph other) {
        DeadCode live = new DeadCode();
        return liveArchive(live.apply(graph), live.apply(dynamicBatch ? other : graph));
    }

    private TorchScriptArchive liveArchive(Graph graph, Graph other) {
        BatchSizes batches = batches(graph, other);
        ScriptTensors tensors = new ScriptTensors();
        ScriptBody body = new ScriptBody();
        List<String> inputs = new ArrayList<>();
        for (Value input : graph.inputs()) {
            inputs.add(INPUT + inputs.size());
            tensors.bind(input, inputs.get(inputs.size() - 1));
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            converters.convert(
                    new ScriptNode(
                            graph.nodes().get(i), other.nodes().get(i), batches, tensors, body));
        }
        List<String> outputs = graph.outputs().stream().map(tensors::variable).toList();
        String method = body.toString();
        if (method.matches("(?s).*\\b" + BatchSizes.VARIABLE + "\\b.*")) {
            method = "    " + BatchSizes.VARIABLE + " = torch.size(" + INPUT + "0, 0)\n" + method;
        }
        return archive(tensors, source(tensors, inputs, method, outputs));
    }

    private BatchSizes batches(Graph graph, Graph other) {
        TraceComparison.difference(graph, other)
                .ifPresent(
                        difference -> {
                            throw new TorchScriptException(
                                    "The two traces do not run the same program. The first difference is at "
                                            + difference
                                            + ". The model branches on the batch size, on its data, or on something"
                                            + " outside of it. If it is the batch size alone, export it with"
                                            + " optDynamicBatch(false).");
                        });
        if (graph.inputs().isEmpty()) {
            throw new TorchScriptException(
                    "The graph has no inputs; a model that takes at least one can be exported.");
        }
        Shape shape = graph.inputs().get(0).shape();
        Shape twin = other.inputs().get(0).shape();
        if (!dynamicBatch) {
            return new BatchSizes(1, 1);
        }
        if (shape.dimension() == 0
                || shape.dimension() != twin.dimension()
                || shape.get(0) == twin.get(0)
                || shape.get(0) < 1) {
            throw new TorchScriptException(
                    "The first inputs of the two traces have the shapes "
                            + shape
                            + " and "
                            + twin
                            + "; they must differ in their first dimension, the batch size.");
        }
        return new BatchSizes(shape.get(0), twin.get(0));
    }

    private static String source(
            ScriptTensors tensors, List<String> inputs, String body, List<String> outputs) {
        StringBuilder source = new StringBuilder();
        if (tensors.attributes().values().stream().anyMatch(ObjectValue.class::isInstance)) {
            source.append(PackedWeights.source());
        }
        source.append("class " + CLASS_NAME + "(Module):\n");
        List<String> buffers = new ArrayList<>();
        StringBuilder types = new StringBuilder("  training : bool\n");
        tensors.attributes()
                .forEach(
                        (name, value) -> {
                            boolean object = value instanceof ObjectValue;
                            String type = object ? PackedWeights.CLASS_NAME : "Tensor";
                            types.append("  " + name + " : " + type + '\n');
                            if (!object && !tensors.parameters().contains(name)) {
                                buffers.add(name);
                            }
                        });
        source.append("  __parameters__ = " + names(tensors.parameters()) + '\n');
        source.append("  __buffers__ = " + names(buffers) + '\n');
        source.append(types);
        source.append("  def forward(self: __torch__." + CLASS_NAME);
        inputs.forEach(input -> source.append(",\n    " + input + ": Tensor"));
        boolean single = outputs.size() == 1;
        source.append(
                single
                        ? ") -> Tensor:\n"
                        : ") -> Tuple["
                                + outputs.stream()
                                        .map(o -> "Tensor")
                                        .collect(Collectors.joining(", "))
                                + "]:\n");
        source.append(body);
        source.append(
                "    return "
                        + (single ? outputs.get(0) : '(' + String.join(", ", outputs) + ')')
                        + '\n');
        return source.toString();
    }

    private static String names(List<String> names) {
        return names.stream()
                .map(name -> '"' + name + "\", ")
                .collect(Collectors.joining("", "[", "]"));
    }

    private static TorchScriptArchive archive(ScriptTensors tensors, String source) {
        List<DictionaryValue.Entry> entries = new ArrayList<>();
        tensors.attributes()
                .forEach(
                        (name, tensor) ->
                                entries.add(
                                        new DictionaryValue.Entry(new StringValue(name), tensor)));
        entries.add(
                new DictionaryValue.Entry(new StringValue("training"), new BooleanValue(false)));
        return tensors.records()
                .addTo(TorchScriptArchive.create("model"))
                .withData(new ObjectValue("__torch__." + CLASS_NAME, new DictionaryValue(entries)))
                .with("code/__torch__.py", source)
                .withConstants(new TupleValue(List.of()))
                .with("version", FORMAT_VERSION)
                .with("byteorder", "little");
    }

    /** Builds an exporter. */
    public static final class Builder {

        private boolean dynamicBatch = true;
        private final Map<String, ScriptConverter> converters = new HashMap<>();

        Builder() {}

        /**
         * Sets whether the first dimension may have any size; by default true.
         *
         * @param dynamic false to keep the traced batch size
         * @return this
         */
        public Builder optDynamicBatch(boolean dynamic) {
            dynamicBatch = dynamic;
            return this;
        }

        /**
         * Adds or replaces the converter of an operation.
         *
         * @param op the name of the method of {@code NDArray}, {@code NDArrayEx} or {@code
         *     NDManager}
         * @param converter what writes it
         * @return this
         */
        public Builder addConverter(String op, ScriptConverter converter) {
            converters.put(op, converter);
            return this;
        }

        /**
         * Builds the exporter.
         *
         * @return the exporter
         */
        public TorchScriptExporter build() {
            return new TorchScriptExporter(this);
        }
    }
}
