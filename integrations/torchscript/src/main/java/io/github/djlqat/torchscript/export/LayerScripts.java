package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.Map;

/** Layers with weights, in inference mode. */
final class LayerScripts {

    private LayerScripts() {}

    // Receiver first; the functions of NDArrayEx repeat it as argument 1.
    static void register(Map<String, ScriptConverter> table) {
        table.put("convolution", n -> n.bind(convolution(n)));
        table.put("deconvolution", n -> n.bind(deconvolution(n)));
        table.put("linear", n -> n.bind(call("linear", n.value(1), n.value(2), n.value(3))));
        table.put("batchNorm", LayerScripts::batchNorm);
        table.put("layerNorm", n -> n.bind(layerNorm(n)));
        table.put("dropout", LayerScripts::dropout);
        table.put(
                "embedding",
                n -> n.bind(call("embedding", n.value(2), call("to", n.value(1), "4"))));
        table.put("matMul", n -> n.bind(call("matmul", n.value(0), n.value(1))));
        table.put("dot", n -> n.bind(call("matmul", n.value(0), n.value(1))));
        table.put("batchMatMul", n -> n.bind(call("bmm", n.value(0), n.value(1))));
    }

    // (receiver, input, weight, bias, stride, padding, dilation, groups)
    private static String convolution(ScriptNode node) {
        return call(
                "conv" + (node.shape(2).dimension() - 2) + 'd',
                node.value(1),
                node.value(2),
                node.value(3),
                node.integers(4),
                node.integers(5),
                node.integers(6),
                node.number(7));
    }

    // (receiver, input, weight, bias, stride, padding, outPadding, dilation, groups)
    private static String deconvolution(ScriptNode node) {
        return call(
                "conv_transpose" + (node.shape(2).dimension() - 2) + 'd',
                node.value(1),
                node.value(2),
                node.value(3),
                node.integers(4),
                node.integers(5),
                node.integers(6),
                node.number(8),
                node.integers(7));
    }

    // (receiver, input, runningMean, runningVar, gamma, beta, axis, momentum, eps, training)
    private static void batchNorm(ScriptNode node) {
        requireInference(node, 9);
        int axis = node.literal(6, Number.class).intValue();
        boolean moved = axis != 1 && axis != -1;
        String swapped = ", 1, " + axis + ")";
        String input = moved ? "torch.transpose(" + node.value(1) + swapped : node.value(1);
        String result =
                call(
                        "batch_norm",
                        input,
                        node.value(4),
                        node.value(5),
                        node.value(2),
                        node.value(3),
                        "False",
                        "0.1",
                        node.number(8),
                        "False");
        node.bind(moved ? "torch.transpose(" + result + swapped : result);
    }

    // (receiver, input, normalizedShape, gamma, beta, eps)
    private static String layerNorm(ScriptNode node) {
        return call(
                "layer_norm",
                node.value(1),
                node.integers(2),
                node.value(3),
                node.value(4),
                node.number(5),
                "True");
    }

    // (receiver, input, rate, training)
    private static void dropout(ScriptNode node) {
        requireInference(node, 3);
        node.bind(node.value(1));
    }

    static void requireInference(ScriptNode node, int training) {
        if (node.literal(training, Boolean.class)) {
            throw node.failure("it was traced in training mode; trace the model in inference mode");
        }
    }
}
