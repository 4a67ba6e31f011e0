package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.graph.Argument;
import java.util.List;
import java.util.Map;

/** Element-wise arithmetic, comparisons and logic. */
final class ArithmeticConverters {

    private ArithmeticConverters() {}

    static void register(Map<String, OpConverter> table) {
        Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "div", "Div", "pow", "Pow")
                .forEach(
                        (op, opType) -> {
                            table.put(op, node -> binary(node, opType, false));
                            table.put(op + "i", node -> binary(node, opType, false));
                            table.put("r" + op, node -> binary(node, opType, true));
                            table.put("r" + op + "i", node -> binary(node, opType, true));
                        });
        table.put("mod", ArithmeticConverters::mod);
        table.put("modi", ArithmeticConverters::mod);
        table.put("maximum", node -> bound(node, "Max", true));
        table.put("minimum", node -> bound(node, "Min", false));
        table.put("clip", ArithmeticConverters::clip);
        Map.of(
                        "eq",
                        "Equal",
                        "gt",
                        "Greater",
                        "gte",
                        "GreaterOrEqual",
                        "lt",
                        "Less",
                        "lte",
                        "LessOrEqual")
                .forEach((op, opType) -> table.put(op, node -> compare(node, opType)));
        table.put("neq", node -> node.bind(0, node.add("Not", comparison(node, "Equal"))));
        Map.of("logicalAnd", "And", "logicalOr", "Or", "logicalXor", "Xor")
                .forEach((op, opType) -> table.put(op, node -> logic(node, opType)));
        table.put("logicalNot", node -> node.bind(0, node.add("Not", truth(node, 0))));
        table.put("where", ArithmeticConverters::where);
        Map.of(
                        "neg", "Neg", "negi", "Neg", "abs", "Abs", "exp", "Exp", "log", "Log",
                        "sqrt", "Sqrt", "floor", "Floor", "ceil", "Ceil", "round", "Round", "sign",
                        "Sign")
                .forEach((op, opType) -> table.put(op, ActivationConverters.unary(opType)));
        Map.of(
                        "sin", "Sin", "cos", "Cos", "tan", "Tan", "asin", "Asin", "acos", "Acos",
                        "atan", "Atan", "sinh", "Sinh", "cosh", "Cosh", "erf", "Erf", "isNaN",
                        "IsNaN")
                .forEach((op, opType) -> table.put(op, ActivationConverters.unary(opType)));
        Map.of(
                        "asinh",
                        "Asinh",
                        "acosh",
                        "Acosh",
                        "atanh",
                        "Atanh",
                        "signi",
                        "Sign",
                        "isInfinite",
                        "IsInf")
                .forEach((op, opType) -> table.put(op, ActivationConverters.unary(opType)));
        table.put(
                "square",
                node ->
                        node.bind(
                                0,
                                node.add("Mul", node.operand(0).name(), node.operand(0).name())));
        table.put("log2", node -> logarithm(node, 2));
        table.put("log10", node -> logarithm(node, 10));
        table.put("trunc", ArithmeticConverters::trunc);
        table.put("toType", ArithmeticConverters::toType);
        for (String same :
                List.of("duplicate", "stopGradient", "toDevice", "scaleGradient", "toDense")) {
            table.put(same, node -> node.alias(0, node.operand(0)));
        }
    }

    /** Returns an argument that is a tensor or a number as a tensor of an element type. */
    private static Operand value(NodeContext node, int i, DataType type) {
        if (node.argument(i) instanceof Argument.Literal) {
            return node.number(i, type);
        }
        return node.cast(BatchConstants.withoutBatch(node, node.traced(i), false), type);
    }

    private static void binary(NodeContext node, String opType, boolean reversed) {
        DataType type = node.output(0).dataType();
        String first = value(node, 0, type).name();
        String second = value(node, 1, type).name();
        node.bind(0, reversed ? node.add(opType, second, first) : node.add(opType, first, second));
    }

    /** The remainder that has the sign of the divisor, \( a - \lfloor a / b \rfloor b \). */
    private static void mod(NodeContext node) {
        DataType type = node.output(0).dataType();
        String a = value(node, 0, type).name();
        String b = value(node, 1, type).name();
        if (type.isFloating()) {
            node.bind(
                    0,
                    node.add(
                            "Sub",
                            a,
                            node.add("Mul", node.add("Floor", node.add("Div", a, b)), b)));
        } else {
            node.bind(0, node.add("Mod", a, b));
        }
    }

    /** A clamp by a number is a Clip, which an activation quantizer behind it takes in. */
    private static void bound(NodeContext node, String opType, boolean lower) {
        DataType type = node.output(0).dataType();
        Operand first = value(node, 0, type);
        Operand second = value(node, 1, type);
        if (node.argument(1) instanceof Argument.Literal) {
            node.bind(
                    0,
                    lower
                            ? node.add("Clip", first.name(), second.name())
                            : node.add("Clip", first.name(), "", second.name()));
        } else {
            node.bind(0, node.add(opType, first.name(), second.name()));
        }
    }

    private static void clip(NodeContext node) {
        DataType type = node.output(0).dataType();
        node.bind(
                0,
                node.add(
                        "Clip",
                        value(node, 0, type).name(),
                        value(node, 1, type).name(),
                        value(node, 2, type).name()));
    }

    private static void compare(NodeContext node, String opType) {
        node.bind(0, comparison(node, opType));
    }

    private static String comparison(NodeContext node, String opType) {
        DataType type = node.operand(0).dataType();
        if (node.isTensor(1) && node.operand(1).dataType().isFloating()) {
            type = node.operand(1).dataType();
        }
        return node.add(opType, value(node, 0, type).name(), value(node, 1, type).name());
    }

    private static String truth(NodeContext node, int i) {
        return node.cast(node.operand(i), DataType.BOOLEAN).name();
    }

    private static void logic(NodeContext node, String opType) {
        node.bind(0, node.add(opType, truth(node, 0), truth(node, 1)));
    }

    // (receiver, condition, other)
    private static void where(NodeContext node) {
        DataType type = node.output(0).dataType();
        node.bind(
                0,
                node.add(
                        "Where",
                        truth(node, 1),
                        value(node, 0, type).name(),
                        value(node, 2, type).name()));
    }

    private static void logarithm(NodeContext node, double base) {
        Operand factor = node.scalar(1 / Math.log(base), node.output(0).dataType());
        node.bind(0, node.add("Mul", node.add("Log", node.operand(0).name()), factor.name()));
    }

    private static void trunc(NodeContext node) {
        String x = node.operand(0).name();
        node.bind(0, node.add("Mul", node.add("Sign", x), node.add("Floor", node.add("Abs", x))));
    }

    private static void toType(NodeContext node) {
        node.alias(0, node.cast(node.operand(0), node.literal(1, DataType.class)));
    }
}
