package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.List;
import java.util.Map;

/** Sums, means, extremes and norms over axes. */
final class ReductionScripts {

    private ReductionScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("sum", n -> reduce(n, "sum", "sum"));
        table.put("mean", n -> reduce(n, "mean", "mean"));
        table.put("max", n -> reduce(n, "max", "amax"));
        table.put("min", n -> reduce(n, "min", "amin"));
        table.put("prod", ReductionScripts::product);
        table.put("cumSum", n -> n.bind(call("cumsum", n.value(0), axis(n, 1, "0"))));
        table.put("cumProd", n -> n.bind(call("cumprod", n.value(0), axis(n, 1, "0"))));
        table.put("argMax", n -> n.bind(call("argmax", n.value(0), axis(n, 1, "None"))));
        table.put("argMin", n -> n.bind(call("argmin", n.value(0), axis(n, 1, "None"))));
        table.put(
                "median",
                n -> n.bind(call("median", n.value(0), axis(n, 1, "-1"), "False") + "[0]"));
        table.put("percentile", ReductionScripts::percentile);
        table.put("norm", ReductionScripts::norm);
        table.put("normalize", ReductionScripts::normalize);
    }

    private static String axis(ScriptNode node, int i, String otherwise) {
        return node.size() > i ? Long.toString(node.longs(i)[0]) : otherwise;
    }

    // (receiver), (receiver, axes) or (receiver, axes, keepDims)
    private static void reduce(ScriptNode node, String ofAll, String ofAxes) {
        node.bind(
                node.size() == 1
                        ? call(ofAll, node.value(0))
                        : call(ofAxes, node.value(0), node.integers(1), keep(node, 2)));
    }

    private static void product(ScriptNode node) {
        node.bind(
                node.size() == 1
                        ? call("prod", node.value(0))
                        : call("prod", node.value(0), axis(node, 1, "0"), keep(node, 2)));
    }

    private static String keep(ScriptNode node, int i) {
        return node.size() > i ? node.flag(i) : "False";
    }

    // (receiver, percentage) or (receiver, percentage, axes)
    private static void percentile(ScriptNode node) {
        double part = node.literal(1, Number.class).doubleValue() / 100;
        node.bind(
                call(
                        "quantile",
                        node.value(0),
                        ScriptNode.text(part),
                        axis(node, 2, "-1"),
                        "False"));
    }

    // (receiver), each with the order, axes and keepDims or without
    private static void norm(ScriptNode node) {
        int next = 1;
        String order = node.isLiteral(next, Integer.class) ? node.number(next++) : "2";
        String axes = node.isLiteral(next, int[].class) ? node.integers(next++) : "[]";
        node.bind(call("norm", node.value(0), order, axes, keep(node, next)));
    }

    // (receiver), (receiver, exponent, axis), the same with eps, or (receiver, mean, deviation)
    private static void normalize(ScriptNode node) {
        if (node.isLiteral(1, float[].class)) {
            String centered = call("sub", node.value(0), channels(node, 1));
            node.bind(call("div", centered, channels(node, 2)));
            return;
        }
        boolean given = node.size() > 1;
        String axis = given ? node.number(2) : "1";
        String norm =
                call(
                        "norm",
                        node.value(0),
                        given ? node.number(1) : "2.0",
                        '[' + axis + ']',
                        "True");
        String least = node.size() > 3 ? node.number(3) : "1e-12";
        node.bind(call("div", node.value(0), call("clamp_min", norm, least)));
    }

    /** The numbers of the channels of an image, or of a batch of them. */
    private static String channels(ScriptNode node, int i) {
        float[] values = node.literal(i, float[].class);
        StringBuilder list = new StringBuilder();
        for (float value : values) {
            list.append(list.isEmpty() ? "" : ", ").append(ScriptNode.text(value));
        }
        String tensor =
                "torch.tensor(["
                        + list
                        + "], dtype="
                        + ElementTypes.FLOAT32
                        + ", device="
                        + node.device()
                        + ")";
        return call("reshape", tensor, List.of(values.length, 1, 1).toString());
    }
}
