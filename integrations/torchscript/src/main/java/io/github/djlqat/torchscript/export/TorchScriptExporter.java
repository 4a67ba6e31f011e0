package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.torchscript.TorchScriptException;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a traced graph as a TorchScript archive, which DJL, libtorch and Python's {@code
 * torch.jit.load} load.
 *
 * <p>Parameters become parameters of the module. Quantized weights are stored as bytes, two codes
 * in one where they have four bits or less, and are dequantized when the module runs;
 * fake-quantized activations are fake-quantized by PyTorch's own operation.
 *
 * <pre>{@code
 * Graph two = GraphTracer.trace(block, manager, inputsOfBatchTwo);
 * Graph three = GraphTracer.trace(block, manager, inputsOfBatchThree);
 * TorchScriptExporter.export(two, three).write(path);
 * }</pre>
 */
public final class TorchScriptExporter {

    private static final String CLASS_NAME = "Model";

    private TorchScriptExporter() {}

    /**
     * Converts a model that was traced at two batch sizes, which tell what follows the batch size.
     *
     * @param graph the graph that is written
     * @param other the same model's graph at another batch size
     * @return the archive
     * @throws TorchScriptException if the traces run different operations, or an operation, a
     *     literal or a tensor has no TorchScript form; the message names its site
     */
    public static TorchScriptArchive export(Graph graph, Graph other) {
        BatchSizes batches = batches(graph, other);
        ScriptTensors tensors = new ScriptTensors();
        ScriptConverters converters = new ScriptConverters();
        List<String> inputs = new ArrayList<>();
        for (Value input : graph.inputs()) {
            inputs.add("input" + inputs.size());
            tensors.bind(input, inputs.get(inputs.size() - 1));
        }
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            ScriptNode script = new ScriptNode(node, other.nodes().get(i), batches, tensors);
            String variable = "v" + i;
            body.append("    " + variable + " = " + converters.convert(script) + '\n');
            if (!ScriptConverters.givesSeveral(node.op())) {
                tensors.bind(node.outputs().get(0), variable);
                continue;
            }
            for (int j = 0; j < node.outputs().size(); j++) {
                String part = variable + '_' + j;
                body.append("    " + part + " = " + variable + '[' + j + "]\n");
                tensors.bind(node.outputs().get(j), part);
            }
        }
        List<String> outputs = graph.outputs().stream().map(tensors::variable).toList();
        String source = source(tensors, inputs, body.toString(), outputs);
        return archive(tensors, source);
    }

    private static BatchSizes batches(Graph graph, Graph other) {
        boolean alike =
                !graph.inputs().isEmpty()
                        && graph.inputs().size() == other.inputs().size()
                        && graph.outputs().size() == other.outputs().size()
                        && graph.nodes().size() == other.nodes().size();
        for (int i = 0; alike && i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            Node twin = other.nodes().get(i);
            alike =
                    node.op().equals(twin.op())
                            && node.arguments().size() == twin.arguments().size()
                            && node.outputs().size() == twin.outputs().size();
        }
        if (!alike) {
            throw new TorchScriptException(
                    "The two traces do not run the same operations on at least one input: the"
                            + " model branches on the batch size.");
        }
        Shape shape = graph.inputs().get(0).shape();
        Shape twin = other.inputs().get(0).shape();
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
        return new BatchSizes(shape.get(0), twin.get(0), "input0");
    }

    private static String source(
            ScriptTensors tensors, List<String> inputs, String body, List<String> outputs) {
        StringBuilder source = new StringBuilder("class " + CLASS_NAME + "(Module):\n");
        List<String> buffers =
                tensors.attributes().keySet().stream()
                        .filter(name -> !tensors.parameters().contains(name))
                        .toList();
        source.append("  __parameters__ = " + names(tensors.parameters()) + '\n');
        source.append("  __buffers__ = " + names(buffers) + '\n');
        source.append("  training : bool\n");
        tensors.attributes().keySet().forEach(name -> source.append("  " + name + " : Tensor\n"));
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
        return tensors.addRecords(TorchScriptArchive.create("model"))
                .withData(new ObjectValue("__torch__." + CLASS_NAME, new DictionaryValue(entries)))
                .with("code/__torch__.py", source)
                .withConstants(new TupleValue(List.of()))
                .with("version", "3\n")
                .with("byteorder", "little");
    }
}
