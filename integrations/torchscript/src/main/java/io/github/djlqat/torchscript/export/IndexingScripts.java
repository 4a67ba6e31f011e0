package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Picking elements by an index or by arrays of indices. */
final class IndexingScripts {

    private IndexingScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("get", IndexingScripts::get);
        table.put("gatherNd", IndexingScripts::gatherNd);
        // (receiver, index, axis)
        table.put("gather", n -> n.bind(call("gather", n.value(0), n.number(2), indices(n, 1))));
        table.put("take", n -> n.bind(call("take", n.value(0), indices(n, 1))));
        table.put("oneHot", IndexingScripts::oneHot);
    }

    // (receiver, index), or (receiver, indices, axis) with axis 0 where it is left out
    private static void get(ScriptNode node) {
        if (node.isTensor(1)) {
            int axis = node.size() > 2 ? node.axis(2, node.shape(0).dimension()) : 0;
            node.bind(index(node, "None, ".repeat(axis) + indices(node, 1)));
        } else {
            node.bind(View.of(node).apply(node.value(0)));
        }
    }

    private static String indices(ScriptNode node, int i) {
        return call("to", node.value(i), ElementTypes.INT64);
    }

    private static String index(ScriptNode node, String indices) {
        String list = "annotate(List[Optional[Tensor]], [" + indices + "])";
        return call("index", node.value(0), list);
    }

    /** The first axis of the indices counts the axes that they pick from. */
    // (receiver, index)
    private static void gatherNd(ScriptNode node) {
        String indices = node.variable(indices(node, 1));
        node.bind(
                index(
                        node,
                        LongStream.range(0, node.shape(1).get(0))
                                .mapToObj(i -> call("select", indices, "0", Long.toString(i)))
                                .collect(Collectors.joining(", "))));
    }

    // (receiver, depth) or (receiver, depth, dataType)
    private static void oneHot(ScriptNode node) {
        String places = call("one_hot", indices(node, 0), node.number(1));
        node.bind(call("to", places, node.type(node.output(0).dataType())));
    }
}
