package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import java.util.List;
import java.util.Map;

/** Activation functions. */
final class ActivationScripts {

    private ActivationScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        for (String name : List.of("relu", "sigmoid", "tanh", "gelu", "selu")) {
            table.put(name, n -> n.bind(call(name, n.value(0))));
        }
        table.put("leakyRelu", n -> n.bind(call("leaky_relu", n.value(0), n.number(1))));
        table.put("elu", n -> n.bind(call("elu", n.value(0), n.number(1))));
        table.put("softPlus", n -> n.bind(call("softplus", n.value(0))));
        table.put("softmax", n -> n.bind(call("softmax", n.value(0), axis(n), "None")));
        table.put("logSoftmax", n -> n.bind(call("log_softmax", n.value(0), axis(n), "None")));
        table.put(
                "softSign",
                n -> {
                    String size = call("add", call("abs", n.value(0)), "1");
                    n.bind(call("div", n.value(0), size));
                });
        table.put(
                "swish",
                n -> {
                    String gate = call("sigmoid", call("mul", n.value(0), n.number(1)));
                    n.bind(call("mul", n.value(0), gate));
                });
        table.put(
                "mish",
                n -> {
                    // DJL takes the logarithm to base 2.
                    String log = call("log2", call("add", call("exp", n.value(0)), "1"));
                    n.bind(call("mul", call("tanh", log), n.value(0)));
                });
    }

    private static String axis(ScriptNode node) {
        return Integer.toString(node.axis(1, node.shape(0).dimension()));
    }
}
