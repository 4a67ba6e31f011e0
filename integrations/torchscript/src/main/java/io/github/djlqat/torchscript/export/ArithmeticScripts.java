package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;

/** Element-wise arithmetic, comparisons and logic. */
final class ArithmeticScripts {

    private ArithmeticScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        Map.of("add", "add", "sub", "sub", "mul", "mul", "div", "div", "pow", "pow")
                .forEach((op, function) -> binary(table, op, function));
        binary(table, "mod", "remainder");
        table.put("atan2", n -> n.bind(call("atan2", n.value(0), n.value(1))));
        table.put("xlogy", n -> n.bind(call("xlogy", n.value(0), n.value(1))));
        table.put("maximum", n -> extreme(n, "maximum", "clamp_min"));
        table.put("minimum", n -> extreme(n, "minimum", "clamp_max"));
        table.put("clip", n -> n.bind(call("clamp", n.value(0), n.number(1), n.number(2))));
        Map.of("eq", "eq", "neq", "ne", "gt", "gt", "gte", "ge", "lt", "lt", "lte", "le")
                .forEach(
                        (op, function) ->
                                table.put(
                                        op,
                                        n -> n.bind(call(function, n.value(0), operand(n, 1)))));
        Map.of("logicalAnd", "logical_and", "logicalOr", "logical_or", "logicalXor", "logical_xor")
                .forEach(
                        (op, function) ->
                                table.put(op, n -> n.bind(call(function, n.value(0), n.value(1)))));
        table.put("logicalNot", n -> n.bind(call("logical_not", n.value(0))));
        table.put("all", n -> n.bind(call("all", truth(n, 0))));
        table.put("any", n -> n.bind(call("any", truth(n, 0))));
        table.put("none", n -> n.bind(call("logical_not", call("any", truth(n, 0)))));
        // (receiver, condition, other)
        table.put("where", n -> n.bind(call("where", truth(n, 1), n.value(0), n.value(2))));
        for (String name :
                List.of(
                        "exp", "log", "log2", "log10", "sqrt", "abs", "neg", "square", "sign",
                        "floor", "ceil", "round", "trunc", "sin", "cos", "tan", "asin", "acos",
                        "atan", "sinh", "cosh", "erf", "erfinv", "inverse")) {
            table.put(name, n -> n.bind(call(name, n.value(0))));
        }
        table.put("negi", table.get("neg"));
        table.put("signi", table.get("sign"));
        table.put("gammaln", n -> n.bind(call("lgamma", n.value(0))));
        table.put("isNaN", n -> n.bind(call("isnan", n.value(0))));
        table.put("isInfinite", n -> n.bind(call("isinf", n.value(0))));
        table.put("cbrt", n -> n.bind(call("pow", n.value(0), ScriptNode.text(1.0 / 3))));
        table.put("toDegrees", n -> n.bind(turned(n, 180, Math.PI)));
        table.put("toRadians", n -> n.bind(turned(n, Math.PI, 180)));
        table.put("toType", n -> n.bind(call("to", n.value(0), n.type(n.output(0).dataType()))));
        table.put("stopGradient", n -> n.bind(call("detach", n.value(0))));
        for (String same : List.of("duplicate", "toDevice", "scaleGradient", "toDense")) {
            table.put(same, n -> n.bind(n.value(0)));
        }
    }

    private static void binary(Map<String, ScriptConverter> table, String op, String function) {
        ScriptConverter forward = n -> n.bind(call(function, n.value(0), operand(n, 1)));
        ScriptConverter reversed = n -> n.bind(call(function, array(n, 1), n.value(0)));
        table.put(op, forward);
        table.put(op + 'i', forward);
        table.put('r' + op, reversed);
        table.put('r' + op + 'i', reversed);
    }

    /**
     * Returns the expression of a tensor or a number. DJL makes an array of a number, whose type
     * may be wider than the one that PyTorch takes for a number of the script.
     */
    private static String operand(ScriptNode node, int i) {
        if (!node.isLiteral(i, Number.class)) {
            return node.value(i);
        }
        DataType type = node.dataType(0);
        boolean whole = ElementTypes.of(node.traced(i, Number.class)).isInteger();
        boolean same = type.isFloating() || (whole && type.isInteger());
        return same ? node.number(i) : array(node, i);
    }

    private static String array(ScriptNode node, int i) {
        if (!node.isLiteral(i, Number.class)) {
            return node.value(i);
        }
        DataType type = ElementTypes.of(node.traced(i, Number.class));
        return "torch.tensor(" + node.number(i) + ", dtype=" + node.type(type) + ")";
    }

    private static void extreme(ScriptNode node, String ofTensors, String ofNumber) {
        boolean number =
                node.isLiteral(1, Number.class) && node.output(0).dataType() == node.dataType(0);
        node.bind(
                number
                        ? call(ofNumber, node.value(0), node.number(1))
                        : call(ofTensors, node.value(0), array(node, 1)));
    }

    private static String truth(ScriptNode node, int i) {
        return node.dataType(i) == DataType.BOOLEAN
                ? node.value(i)
                : call("to", node.value(i), ElementTypes.BOOLEAN);
    }

    private static String turned(ScriptNode node, double factor, double divisor) {
        return call(
                "div",
                call("mul", node.value(0), ScriptNode.text(factor)),
                ScriptNode.text(divisor));
    }
}
