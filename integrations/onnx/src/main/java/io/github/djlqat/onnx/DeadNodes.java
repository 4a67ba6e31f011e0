package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes what no output depends on. */
final class DeadNodes {

    private DeadNodes() {}

    static GraphProto remove(GraphProto graph) {
        Set<String> needed = new HashSet<>();
        graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(needed::add);
        List<NodeProto> kept = new ArrayList<>();
        for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
            NodeProto node = graph.getNode(i);
            if (node.getOutputList().stream().anyMatch(needed::contains)) {
                needed.addAll(node.getInputList());
                kept.add(node);
            }
        }
        Collections.reverse(kept);
        List<TensorProto> initializers =
                graph.getInitializerList().stream()
                        .filter(tensor -> needed.contains(tensor.getName()))
                        .toList();
        return graph.toBuilder()
                .clearNode()
                .addAllNode(kept)
                .clearInitializer()
                .addAllInitializer(initializers)
                .build();
    }
}
