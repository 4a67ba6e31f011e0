package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Literals;
import java.util.Map;

/** Arrays that the model makes without its inputs, by methods of {@code NDManager}. */
final class CreationScripts {

    private CreationScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("zeros", n -> n.bind(full(n, "0")));
        table.put("ones", n -> n.bind(full(n, "1")));
        table.put("zerosLike", n -> n.bind(full(n, "0")));
        table.put("onesLike", n -> n.bind(full(n, "1")));
        table.put("full", n -> n.bind(full(n, n.number(1))));
        table.put("create", n -> n.bind(create(n)));
        table.put("arange", n -> n.bind(arange(n)));
        table.put("eye", n -> n.bind(eye(n)));
        table.put("linspace", n -> n.bind(linspace(n)));
    }

    private static String created(ScriptNode node, String function, String arguments) {
        return "torch."
                + function
                + "("
                + arguments
                + ", dtype="
                + node.type(node.output(0).dataType())
                + ", layout=None, device="
                + node.device()
                + ", pin_memory=None)";
    }

    private static String full(ScriptNode node, String value) {
        return created(node, "full", node.outputShape() + ", " + value);
    }

    // (shape), whose elements are whatever was in memory, (number) or (data), with more behind them
    private static String create(ScriptNode node) {
        if (node.isLiteral(0, Shape.class)) {
            return full(node, "0");
        }
        Object data = node.literal(0, Object.class);
        if (data instanceof Number) {
            return full(node, node.number(0));
        }
        if (data instanceof Boolean truth) {
            return full(node, truth ? "1" : "0");
        }
        return node.constant(Literals.flat(data));
    }

    // (stop), (start, stop), (start, stop, step) or (start, stop, step, dataType)
    private static String arange(ScriptNode node) {
        int numbers = 0;
        while (node.isLiteral(numbers, Number.class)) {
            numbers++;
        }
        String start = numbers == 1 ? "0" : node.number(0);
        String step = numbers < 3 ? "1" : node.number(2);
        String count = node.outputShape().replaceAll("^\\[|]$", "");
        String positions = created(node, "arange", count);
        return "torch.add(torch.mul(" + positions + ", " + step + "), " + start + ")";
    }

    // (rows), (rows, columns, diagonal) or with a data type
    private static String eye(ScriptNode node) {
        return created(node, "eye", node.outputShape().replaceAll("^\\[|]$", ""));
    }

    // (start, stop, count) or (start, stop, count, endpoint)
    private static String linspace(ScriptNode node) {
        return created(
                node, "linspace", node.number(0) + ", " + node.number(1) + ", " + node.number(2));
    }
}
