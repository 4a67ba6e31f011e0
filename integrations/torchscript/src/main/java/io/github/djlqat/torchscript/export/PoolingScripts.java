package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/** Pooling over windows and over all positions. */
final class PoolingScripts {

    private PoolingScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("maxPool", PoolingScripts::maxPool);
        table.put("avgPool", PoolingScripts::avgPool);
        table.put("lpPool", PoolingScripts::lpPool);
        table.put("globalAvgPool", n -> n.bind(call("mean", n.value(0), spatial(n), "False")));
        table.put("globalMaxPool", n -> n.bind(call("amax", n.value(0), spatial(n), "False")));
        table.put("globalLpPool", PoolingScripts::globalLpPool);
    }

    // (receiver, kernel, stride, padding, ceilMode)
    private static void maxPool(ScriptNode node) {
        long[] ones = new long[node.longs(1).length];
        Arrays.fill(ones, 1);
        node.bind(
                call(
                        "max_pool" + ones.length + 'd',
                        node.value(0),
                        node.integers(1),
                        node.integers(2),
                        node.integers(3),
                        ScriptNode.list(ones),
                        node.flag(4)));
    }

    /** DJL's PyTorch engine counts the padding whatever its last argument says. */
    // (receiver, kernel, stride, padding, ceilMode, countIncludePad)
    private static void avgPool(ScriptNode node) {
        node.bind(
                call(
                        "avg_pool" + node.longs(1).length + 'd',
                        node.value(0),
                        node.integers(1),
                        node.integers(2),
                        node.integers(3),
                        node.flag(4),
                        "True"));
    }

    // (receiver, p, kernel, stride, padding, ceilMode)
    private static void lpPool(ScriptNode node) {
        long[] kernel = node.longs(2);
        node.bind(power(node, kernel, node.integers(3), node.flag(5)));
    }

    // (receiver, p)
    private static void globalLpPool(ScriptNode node) {
        long[] kernel = node.shape(0).slice(2).getShape();
        String all = ScriptNode.list(kernel);
        node.bind(call("flatten", power(node, kernel, all, "False"), "1", "-1"));
    }

    /** \( (\sum x^p)^{1/p} \), without absolute values. */
    private static String power(ScriptNode node, long[] kernel, String stride, String ceilMode) {
        double p = node.literal(1, Number.class).doubleValue();
        String mean =
                call(
                        "avg_pool" + kernel.length + 'd',
                        call("pow", node.value(0), ScriptNode.text(p)),
                        ScriptNode.list(kernel),
                        stride,
                        ScriptNode.list(new long[kernel.length]),
                        ceilMode,
                        "True");
        long count = LongStream.of(kernel).reduce(1, (a, b) -> a * b);
        return call("pow", call("mul", mean, Long.toString(count)), ScriptNode.text(1 / p));
    }

    private static String spatial(ScriptNode node) {
        return ScriptNode.list(LongStream.range(2, node.shape(0).dimension()).toArray());
    }
}
