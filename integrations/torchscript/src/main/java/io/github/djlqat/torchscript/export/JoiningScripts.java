package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Concatenation, stacking and splitting. */
final class JoiningScripts {

    private JoiningScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("concat", n -> joined(n, "cat"));
        table.put("stack", n -> joined(n, "stack"));
        table.put("split", JoiningScripts::split);
    }

    // (receiver, others) or (receiver, others, axis)
    private static void joined(ScriptNode node, String function) {
        List<String> all = new ArrayList<>(List.of(node.value(0)));
        all.addAll(node.values(1));
        node.bind(
                call(
                        function,
                        all.stream().collect(ScriptNode.list()),
                        node.size() > 2 ? node.number(2) : "0"));
    }

    // (receiver, sections or indices) with an axis or without
    private static void split(ScriptNode node) {
        int axis = node.size() > 2 ? node.axis(2, node.shape(0).dimension()) : 0;
        node.bindAll(
                call(
                        "split_with_sizes",
                        node.value(0),
                        node.sizes().outputSizes(axis),
                        Integer.toString(axis)));
    }
}
