package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.Map;

/** Sorting and the largest elements of an axis. */
final class SortingScripts {

    private SortingScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("sort", n -> n.bind(call("sort", n.value(0), axis(n)) + "[0]"));
        table.put("argSort", SortingScripts::argSort);
        table.put("topK", SortingScripts::topK);
    }

    private static String axis(ScriptNode node) {
        return node.size() > 1 ? node.number(1) : "-1";
    }

    /** DJL's PyTorch engine reverses the ascending order, which tells where equal elements go. */
    // (receiver), (receiver, axis) or (receiver, axis, ascending)
    private static void argSort(ScriptNode node) {
        boolean ascending = node.size() < 3 || node.literal(2, Boolean.class);
        String places = call("argsort", node.value(0), axis(node), "False");
        node.bind(ascending ? places : call("flip", places, '[' + axis(node) + ']'));
    }

    // (receiver, k, axis), with largest and sorted or without
    private static void topK(ScriptNode node) {
        node.bindAll(
                call(
                        "topk",
                        node.value(0),
                        node.number(1),
                        node.number(2),
                        node.size() > 3 ? node.flag(3) : "True",
                        node.size() > 4 ? node.flag(4) : "True"));
    }
}
