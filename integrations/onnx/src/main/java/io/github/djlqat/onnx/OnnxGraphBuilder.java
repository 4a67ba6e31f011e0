package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the nodes and initializers of an ONNX graph and hands out unique names. */
final class OnnxGraphBuilder {

    /**
     * What is known of the output of a DequantizeLinear.
     *
     * @param codes the name of the tensor of codes
     * @param parameters the scale and zero point
     */
    record Dequantized(String codes, QuantizationParameters parameters) {}

    private record ConstantKey(int type, List<Long> dims, ByteString data) {}

    /** The domain of the operators that ONNX Runtime adds to ONNX. */
    static final String RUNTIME_DOMAIN = "com.microsoft";

    private final int opset;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, NodeProto> producers = new HashMap<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final Map<ConstantKey, String> constants = new HashMap<>();
    private final Map<String, Dequantized> dequantized = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    OnnxGraphBuilder(int opset) {
        this.opset = opset;
    }

    int opset() {
        return opset;
    }

    /** Reserves a name: the one asked for, or that with a number behind it if it is taken. */
    String uniqueName(String base) {
        String name = base;
        for (int i = 2; !names.add(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }

    /** Adds a node with one output and returns the output's name. */
    String node(String opType, String name, Attributes attributes, String... inputs) {
        return nodes(opType, name, attributes, 1, inputs).get(0);
    }

    /** Adds a node of ONNX Runtime's own operators with one output and returns its name. */
    String runtimeNode(String opType, String name, Attributes attributes, String... inputs) {
        return nodes(RUNTIME_DOMAIN, opType, name, attributes, 1, inputs).get(0);
    }

    List<String> nodes(
            String opType, String name, Attributes attributes, int outputs, String... inputs) {
        return nodes("", opType, name, attributes, outputs, inputs);
    }

    private List<String> nodes(
            String domain,
            String opType,
            String name,
            Attributes attributes,
            int outputs,
            String... inputs) {
        String nodeName = uniqueName(name);
        List<String> outputNames = new ArrayList<>(outputs);
        for (int i = 0; i < outputs; i++) {
            outputNames.add(
                    uniqueName(outputs == 1 ? nodeName + "_output" : nodeName + "_output_" + i));
        }
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(opType).setName(nodeName).setDomain(domain);
        node.addAllInput(Arrays.asList(inputs))
                .addAllOutput(outputNames)
                .addAllAttribute(attributes.list());
        add(node.build());
        return outputNames;
    }

    /** Adds a copy of a node that reads another tensor as its first input. */
    String copy(NodeProto node, String firstInput) {
        String name = uniqueName(node.getName());
        String output = uniqueName(name + "_output");
        add(node.toBuilder().setName(name).setInput(0, firstInput).setOutput(0, output).build());
        return output;
    }

    private void add(NodeProto node) {
        nodes.add(node);
        node.getOutputList().forEach(output -> producers.put(output, node));
    }

    @Nullable NodeProto producer(String output) {
        return producers.get(output);
    }

    @Nullable TensorProto initializer(String name) {
        return initializers.get(name);
    }

    /** Adds an initializer under the name of the tensor, which must have been reserved. */
    String initializer(TensorProto tensor) {
        initializers.put(tensor.getName(), tensor);
        return tensor.getName();
    }

    /** Adds a constant, once for all uses of the same value. */
    String constant(String base, Object data, long... dims) {
        TensorProto tensor = Tensors.of("", data, dims);
        return shared(base, tensor);
    }

    String shared(String base, TensorProto tensor) {
        ConstantKey key =
                new ConstantKey(tensor.getDataType(), tensor.getDimsList(), tensor.getRawData());
        return constants.computeIfAbsent(
                key, k -> initializer(tensor.toBuilder().setName(uniqueName(base)).build()));
    }

    void markDequantized(String name, String codes, QuantizationParameters parameters) {
        dequantized.put(name, new Dequantized(codes, parameters));
    }

    @Nullable Dequantized dequantized(String name) {
        return dequantized.get(name);
    }

    List<NodeProto> nodes() {
        return nodes;
    }

    Collection<TensorProto> initializers() {
        return initializers.values();
    }
}
