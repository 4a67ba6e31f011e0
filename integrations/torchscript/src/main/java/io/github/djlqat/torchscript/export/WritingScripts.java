package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import io.github.djlqat.graph.Node;
import java.util.Map;

/** Arrays with some of their elements replaced: a copy, into a part of which is written. */
final class WritingScripts {

    private WritingScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put(Node.SET, WritingScripts::set);
    }

    // (receiver, index, value) or (receiver, mask, number)
    private static void set(ScriptNode node) {
        if (node.isTensor(1)) {
            mask(node);
            return;
        }
        String copy = node.variable(call("clone", node.value(0)));
        boolean number = node.isLiteral(2, Number.class);
        String part = View.of(node).apply(copy);
        node.variable(
                number
                        ? call("fill_", part, node.number(2))
                        : call("copy_", part, node.value(2), "False"));
        node.bind(copy);
    }

    /** A mask covers the first axes. */
    private static void mask(ScriptNode node) {
        String mask = call("to", node.value(1), ElementTypes.BOOLEAN);
        for (int i = node.shape(1).dimension(); i < node.shape(0).dimension(); i++) {
            mask = call("unsqueeze", mask, "-1");
        }
        node.bind(call("masked_fill", node.value(0), mask, node.number(2)));
    }
}
