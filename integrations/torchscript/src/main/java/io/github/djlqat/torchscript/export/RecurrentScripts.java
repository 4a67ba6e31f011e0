package io.github.djlqat.torchscript.export;

import ai.djl.nn.recurrent.RNN;
import java.util.List;
import java.util.Map;

/** Recurrent cells; each gives the outputs of all times and its last states. */
final class RecurrentScripts {

    private RecurrentScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("rnn", RecurrentScripts::rnn);
        table.put("gru", n -> cell(n, "gru", n.values(2).get(0), 6));
        table.put("lstm", n -> cell(n, "lstm", list(n.values(2)), 6));
    }

    // (receiver, input, state, params, biases, layers, activation, dropRate, training,
    // bidirectional, batchFirst)
    private static void rnn(ScriptNode node) {
        boolean relu = node.literal(6, RNN.Activation.class) == RNN.Activation.RELU;
        cell(node, relu ? "rnn_relu" : "rnn_tanh", node.values(2).get(0), 7);
    }

    // (receiver, input, states, params, biases, layers, dropRate, training, bidirectional,
    // batchFirst)
    private static void cell(ScriptNode node, String function, String states, int dropRate) {
        LayerScripts.requireInference(node, dropRate + 1);
        node.bindAll(
                ScriptNode.call(
                        function,
                        node.value(1),
                        states,
                        list(node.values(3)),
                        node.flag(4),
                        node.number(5),
                        ScriptNode.text(node.literal(dropRate, Number.class).doubleValue()),
                        "False",
                        node.flag(dropRate + 2),
                        node.flag(dropRate + 3)));
    }

    private static String list(List<String> values) {
        return values.stream().collect(ScriptNode.list());
    }
}
