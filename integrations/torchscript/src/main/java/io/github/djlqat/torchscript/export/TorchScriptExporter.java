package io.github.djlqat.torchscript.export;

import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.TraceComparison;
import io.github.djlqat.graph.Value;
import io.github.djlqat.graph.pass.DeadCode;
import io.github.djlqat.graph.pass.GraphPass;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
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
import java.util.stream.Stream;

/**
 * Writes a traced graph as a TorchScript archive, which DJL, libtorch and Python's {@code
 * torch.jit.load} load.
 *
 * <p>Parameters become parameters of the module. Quantized weights are stored as codes, two in a
 * byte where they have three or four bits and four where they have two, and those in 16 bits as
 * such; they become floats when the module is loaded; fake-quantized activations are fake-quantized
 * by PyTorch's own operation where it computes as their convention does.
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

    private final List<DynamicAxis> axes;
    private final List<GraphPass> passes;
    private final ScriptConverters converters;

    private TorchScriptExporter(Builder builder) {
        List<DynamicAxis> named =
                builder.axes.isEmpty() ? List.of(DynamicAxis.BATCH) : builder.axes;
        axes = builder.dynamicBatch ? List.copyOf(named) : List.of();
        passes = List.copyOf(builder.passes);
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
     * @throws TorchScriptException as {@link #toArchive(List)}
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
     * @throws TorchScriptException as {@link #toArchive(List)}
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
        return toArchive(List.of(graph, other));
    }

    /**
     * Writes a model that was traced once, and again for each dynamic axis with this axis alone at
     * another size.
     *
     * @param traces the graph that is written, followed by the other traces in the order of the
     *     axes
     * @param path the file, which appears whole or not at all; replaced if it is there
     * @throws IOException if the file cannot be written; it is then as it was before
     * @throws TorchScriptException as {@link #toArchive(List)}
     */
    public void export(List<Graph> traces, Path path) throws IOException {
        toArchive(traces).write(path);
    }

    /**
     * Converts a model that was traced once, and again for each dynamic axis with this axis alone
     * at another size.
     *
     * @param traces the graph that is written, followed by the other traces in the order of the
     *     axes; only the first is looked at where the exporter keeps the traced sizes
     * @return the archive
     * @throws TorchScriptException if the traces run different operations, or an operation, a
     *     literal or a tensor has no TorchScript form; the message names its site
     * @throws IllegalArgumentException if there is no trace
     */
    public TorchScriptArchive toArchive(List<Graph> traces) {
        if (traces.isEmpty()) {
            throw new IllegalArgumentException("A model is exported from one trace or more.");
        }
        List<Graph> used = axes.isEmpty() ? traces.subList(0, 1) : traces;
        List<Graph> live = new DeadCode().apply(used);
        // Passes rewrite alike only what is the same program.
        requireSameProgram(live);
        for (GraphPass pass : passes) {
            live = pass.apply(live);
        }
        return liveArchive(live);
    }

    private TorchScriptArchive liveArchive(List<Graph> traces) {
        Graph graph = traces.get(0);
        if (graph.inputs().isEmpty()) {
            throw new TorchScriptException(
                    "The graph has no inputs; a model that takes at least one can be exported.");
        }
        requireSameProgram(traces);
        DynamicSizes sizes = new DynamicSizes(axes, traces);
        ScriptTensors tensors = new ScriptTensors();
        ScriptBody body = new ScriptBody();
        List<String> inputs = new ArrayList<>();
        for (Value input : graph.inputs()) {
            inputs.add(INPUT + inputs.size());
            tensors.bind(input, inputs.get(inputs.size() - 1));
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            int place = i;
            List<Node> others =
                    traces.stream().skip(1).map(other -> other.nodes().get(place)).toList();
            converters.convert(new ScriptNode(graph.nodes().get(i), others, sizes, tensors, body));
        }
        List<String> outputs = graph.outputs().stream().map(tensors::variable).toList();
        String method = sizes.statements(body.toString()) + body;
        return archive(tensors, source(tensors, inputs, method, outputs));
    }

    private static void requireSameProgram(List<Graph> traces) {
        for (Graph other : traces.subList(1, traces.size())) {
            TraceComparison.difference(traces.get(0), other)
                    .ifPresent(
                            difference -> {
                                throw new TorchScriptException(
                                        "The traces do not run the same program. The first difference is at "
                                                + difference
                                                + ". The model branches on a size, on its data, or on something"
                                                + " outside of it. If it is a size alone, export it with"
                                                + " optDynamicBatch(false).");
                            });
        }
    }

    private static String source(
            ScriptTensors tensors, List<String> inputs, String body, List<String> outputs) {
        StringBuilder source = new StringBuilder();
        tensors.attributes().values().stream()
                .flatMap(value -> value instanceof ObjectValue o ? Stream.of(o) : Stream.empty())
                .map(ObjectValue::className)
                .distinct()
                .sorted()
                .forEach(className -> source.append(PackedWeights.source(className)));
        source.append("class " + CLASS_NAME + "(Module):\n");
        List<String> buffers = new ArrayList<>();
        StringBuilder types = new StringBuilder("  training : bool\n");
        tensors.attributes()
                .forEach(
                        (name, value) -> {
                            boolean object = value instanceof ObjectValue;
                            String type = value instanceof ObjectValue o ? o.className() : "Tensor";
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
        private final List<DynamicAxis> axes = new ArrayList<>();
        private final List<GraphPass> passes = new ArrayList<>();
        private final Map<String, ScriptConverter> converters = new HashMap<>();

        Builder() {}

        /**
         * Sets whether sizes may vary: the batch size, or those of other dynamic axes; by default
         * true.
         *
         * @param dynamic false to keep the traced sizes
         * @return this
         */
        public Builder optDynamicBatch(boolean dynamic) {
            dynamicBatch = dynamic;
            return this;
        }

        /**
         * Adds an axis that may have any size, in place of the batch. Each axis takes a trace of
         * its own.
         *
         * @param name the name of the size, for messages, such as "sequence"
         * @param input the number of an input that has the axis, from 0
         * @param inputAxis the axis of that input, from 0
         * @return this
         * @throws IllegalArgumentException if a number is negative, or the axis was added before
         */
        public Builder optDynamicAxis(String name, int input, int inputAxis) {
            boolean known =
                    axes.stream().anyMatch(a -> a.input() == input && a.axis() == inputAxis);
            if (input < 0 || inputAxis < 0 || known) {
                throw new IllegalArgumentException(
                        "The axis "
                                + inputAxis
                                + " of input "
                                + input
                                + ", named "
                                + name
                                + ", cannot be made dynamic: legal are numbers of at least 0, each axis once.");
            }
            axes.add(new DynamicAxis("size of " + name, input, inputAxis));
            return this;
        }

        /**
         * Adds a rewrite of the traced program, such as {@link
         * io.github.djlqat.graph.pass.BatchNormFolding}. Passes are applied in the order in which
         * they are added.
         *
         * @param pass the rewrite
         * @return this
         */
        public Builder addPass(GraphPass pass) {
            passes.add(pass);
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
