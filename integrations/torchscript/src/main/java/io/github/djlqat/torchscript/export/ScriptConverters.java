package io.github.djlqat.torchscript.export;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Node;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The table of operations that have a TorchScript form. */
final class ScriptConverters {

    /** Operations whose literals may follow the batch size, as their result's shape tells them. */
    private static final Set<String> RESHAPING =
            Set.of(
                    "reshape",
                    "broadcast",
                    "get",
                    "zeros",
                    "ones",
                    "full",
                    "arange",
                    "create",
                    "split");

    /** Operations whose result is a list or tuple, however many it has. */
    private static final Set<String> SEVERAL = Set.of("split", "topK", "rnn", "gru", "lstm");

    private final Map<String, ScriptConverter> table = new HashMap<>();

    ScriptConverters() {
        // Receiver first; the functions of NDArrayEx repeat it as argument 1.
        table.put("convolution", ScriptConverters::convolution);
        table.put("linear", n -> call("linear", n.value(1), n.value(2), n.value(3)));
        table.put("batchNorm", ScriptConverters::batchNorm);
        table.put(
                "layerNorm",
                n ->
                        call(
                                "layer_norm",
                                n.value(1),
                                n.integers(2),
                                n.value(3),
                                n.value(4),
                                n.number(5),
                                "True"));
        table.put("dropout", n -> n.value(1));
        table.put("embedding", n -> call("embedding", n.value(2), call("to", n.value(1), "4")));
        table.put("maxPool", n -> pool(n, "max_pool", ones(n), n.flag(4)));
        table.put("avgPool", n -> pool(n, "avg_pool", n.flag(4), n.flag(5)));
        table.put("globalAvgPool", n -> call("mean", n.value(0), spatial(n), "False"));
        table.put("globalMaxPool", n -> call("amax", n.value(0), spatial(n), "False"));
        for (String name :
                List.of(
                        "relu", "sigmoid", "tanh", "exp", "log", "sqrt", "abs", "neg", "square",
                        "floor", "ceil", "round", "sin", "cos", "erf")) {
            table.put(name, n -> call(name, n.value(0)));
        }
        table.put("leakyRelu", n -> call("leaky_relu", n.value(0), n.number(1)));
        table.put("elu", n -> call("elu", n.value(0), n.number(1)));
        table.put("clip", n -> call("clamp", n.value(0), n.number(1), n.number(2)));
        table.put(
                "softmax",
                n -> call("softmax", n.value(0), n.integers(1).replaceAll("[\\[\\]]", ""), "None"));
        table.put(
                "logSoftmax",
                n ->
                        call(
                                "log_softmax",
                                n.value(0),
                                n.integers(1).replaceAll("[\\[\\]]", ""),
                                "None"));
        for (String name : List.of("add", "sub", "mul", "div", "pow")) {
            table.put(name, n -> call(name, n.value(0), n.value(1)));
            table.put(name + 'i', table.get(name));
        }
        table.put("maximum", n -> extreme(n, "maximum", "clamp_min"));
        table.put("minimum", n -> extreme(n, "minimum", "clamp_max"));
        table.put("matMul", n -> call("matmul", n.value(0), n.value(1)));
        table.put("batchMatMul", n -> call("bmm", n.value(0), n.value(1)));
        table.put("mean", n -> reduction(n, "mean"));
        table.put("sum", n -> reduction(n, "sum"));
        table.put("reshape", n -> call("reshape", n.value(0), n.outputShape()));
        table.put("broadcast", n -> call("expand", n.value(0), n.outputShape()));
        table.put(
                "flatten",
                n ->
                        n.size() > 1
                                ? call("flatten", n.value(0), n.number(1), n.number(2))
                                : call("flatten", n.value(0), "0", "-1"));
        table.put("transpose", ScriptConverters::transpose);
        table.put("swapAxes", n -> call("transpose", n.value(0), n.number(1), n.number(2)));
        table.put("expandDims", n -> call("unsqueeze", n.value(0), n.number(1)));
        table.put("concat", n -> joined(n, "cat"));
        Map.of("eq", "eq", "neq", "ne", "gt", "gt", "gte", "ge", "lt", "lt", "lte", "le")
                .forEach((op, name) -> table.put(op, n -> call(name, n.value(0), n.value(1))));
        Map.of("logicalAnd", "logical_and", "logicalOr", "logical_or", "logicalXor", "logical_xor")
                .forEach((op, name) -> table.put(op, n -> call(name, n.value(0), n.value(1))));
        // (receiver, condition, other)
        table.put(
                "where", n -> call("where", call("to", n.value(1), "11"), n.value(0), n.value(2)));
        table.put("logicalNot", n -> call("logical_not", n.value(0)));
        table.put("gelu", n -> call("gelu", n.value(0)));
        table.put("selu", n -> call("selu", n.value(0)));
        table.put("softPlus", n -> call("softplus", n.value(0)));
        table.put(
                "softSign",
                n -> call("div", n.value(0), call("add", call("abs", n.value(0)), "1")));
        table.put(
                "swish",
                n ->
                        call(
                                "mul",
                                n.value(0),
                                call("sigmoid", call("mul", n.value(0), n.number(1)))));
        table.put(
                "split",
                n -> {
                    int axis = n.size() > 2 ? n.literal(2, Number.class).intValue() : 0;
                    int from = axis < 0 ? axis + n.shape(0).dimension() : axis;
                    return call(
                            "split_with_sizes",
                            n.value(0),
                            n.outputSizes(from),
                            Integer.toString(from));
                });
        table.put("stack", n -> joined(n, "stack"));
        table.put("squeeze", ScriptConverters::squeeze);
        table.put("tile", ScriptConverters::tile);
        table.put("argMax", n -> position(n, "argmax"));
        table.put("argMin", n -> position(n, "argmin"));
        table.put("sort", n -> call("sort", n.value(0), n.size() > 1 ? n.number(1) : "-1") + "[0]");
        table.put(
                "argSort",
                n ->
                        call(
                                "argsort",
                                n.value(0),
                                n.size() > 1 ? n.number(1) : "-1",
                                n.size() < 3 || n.literal(2, Boolean.class) ? "False" : "True"));
        table.put(
                "topK",
                n ->
                        call(
                                "topk",
                                n.value(0),
                                n.number(1),
                                n.number(2),
                                n.size() > 3 ? n.flag(3) : "True",
                                n.size() > 4 ? n.flag(4) : "True"));
        IndexingScripts.register(table);
        CreationScripts.register(table);
        RecurrentScripts.register(table);
        table.put(Node.FAKE_QUANTIZE, ScriptConverters::fakeQuantize);
    }

    static boolean givesSeveral(String op) {
        return SEVERAL.contains(op);
    }

    String convert(ScriptNode node) {
        ScriptConverter converter = table.get(node.op());
        if (converter == null) {
            throw node.failure(
                    "there is no converter for it. Known are "
                            + String.join(", ", new TreeSet<>(table.keySet())));
        }
        if (!RESHAPING.contains(node.op())) {
            node.requireFixedLiterals();
        }
        return converter.convert(node);
    }

    private static String call(String function, String... arguments) {
        return "torch." + function + '(' + String.join(", ", arguments) + ')';
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

    // (receiver, input, runningMean, runningVar, gamma, beta, axis, momentum, eps, training)
    private static String batchNorm(ScriptNode node) {
        if (node.literal(9, Boolean.class)) {
            throw node.failure("it was traced in training mode; trace the model in inference mode");
        }
        int axis = node.literal(6, Number.class).intValue();
        boolean moved = axis != 1 && axis != -1;
        String swapped = ", 1, " + axis + ")";
        String result =
                batchNorm(
                        node, moved ? "torch.transpose(" + node.value(1) + swapped : node.value(1));
        return moved ? "torch.transpose(" + result + swapped : result;
    }

    private static String batchNorm(ScriptNode node, String input) {
        return call(
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
    }

    // (receiver, kernel, stride, padding, ...)
    private static String pool(ScriptNode node, String function, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                node.value(0),
                                node.integers(1),
                                node.integers(2),
                                node.integers(3)));
        arguments.addAll(List.of(more));
        return call(function + node.longs(1).length + 'd', arguments.toArray(String[]::new));
    }

    private static String ones(ScriptNode node) {
        return LongStream.of(node.longs(1)).mapToObj(i -> "1").collect(ScriptNode.list());
    }

    private static String spatial(ScriptNode node) {
        return LongStream.range(2, node.shape(0).dimension())
                .mapToObj(Long::toString)
                .collect(ScriptNode.list());
    }

    private static String extreme(ScriptNode node, String ofTensors, String ofNumber) {
        boolean number = node.isLiteral(1, Number.class);
        return call(number ? ofNumber : ofTensors, node.value(0), node.value(1));
    }

    // (receiver) or (receiver, axes) or (receiver, axes, keepDims)
    private static String reduction(ScriptNode node, String function) {
        if (node.size() == 1) {
            return call(function, node.value(0));
        }
        return call(
                function,
                node.value(0),
                node.integers(1),
                node.size() > 2 ? node.flag(2) : "False");
    }

    // (receiver) or (receiver, axes)
    private static String transpose(ScriptNode node) {
        if (node.size() > 1 && node.longs(1).length > 0) {
            return call("permute", node.value(0), node.integers(1));
        }
        int rank = node.shape(0).dimension();
        return call(
                "permute",
                node.value(0),
                LongStream.range(0, rank)
                        .mapToObj(i -> Long.toString(rank - 1 - i))
                        .collect(ScriptNode.list()));
    }

    // (receiver, others) or (receiver, others, axis)
    private static String joined(ScriptNode node, String function) {
        List<String> all = new ArrayList<>(List.of(node.value(0)));
        all.addAll(node.values(1));
        return call(
                function,
                all.stream().collect(Collectors.joining(", ", "[", "]")),
                node.size() > 2 ? node.number(2) : "0");
    }

    // (receiver), (receiver, axis) or (receiver, axes)
    /** A number repeats every axis. */
    private static String tile(ScriptNode n) {
        if (!n.isLiteral(1, Number.class)) {
            return call("tile", n.value(0), n.integers(1));
        }
        int axes = Math.max(1, n.shape(0).dimension());
        return call(
                "tile",
                n.value(0),
                Collections.nCopies(axes, n.number(1)).stream().collect(ScriptNode.list()));
    }

    private static String squeeze(ScriptNode node) {
        if (node.size() == 1) {
            return call("squeeze", node.value(0));
        }
        return call("squeeze", node.value(0), node.integers(1));
    }

    // (receiver) or (receiver, axis)
    private static String position(ScriptNode node, String function) {
        return call(function, node.value(0), node.size() > 1 ? node.number(1) : "None");
    }

    private static String fakeQuantize(ScriptNode node) {
        QuantizationParameters parameters = node.literal(1, QuantizationParameters.class);
        if (parameters.scales().length != 1) {
            throw node.failure("its activations have several scales; one is supported");
        }
        IntegerFormat format = parameters.scheme().format();
        return call(
                "fake_quantize_per_tensor_affine",
                node.value(0),
                ScriptNode.text(parameters.scales()[0]),
                ScriptNode.text(parameters.zeroPoints()[0]),
                ScriptNode.text(format.qmin()),
                ScriptNode.text(format.qmax()));
    }
}
