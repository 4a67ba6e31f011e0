package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import java.util.Map;

/** Activation functions. */
final class ActivationConverters {

    private ActivationConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("relu", unary("Relu"));
        table.put("sigmoid", unary("Sigmoid"));
        table.put("tanh", unary("Tanh"));
        table.put("softPlus", unary("Softplus"));
        table.put("softSign", unary("Softsign"));
        table.put("selu", unary("Selu"));
        table.put("leakyRelu", alpha("LeakyRelu"));
        table.put("elu", alpha("Elu"));
        table.put("gelu", ActivationConverters::gelu);
        table.put("swish", ActivationConverters::swish);
        table.put("mish", ActivationConverters::mish);
        table.put("softmax", axis("Softmax"));
        table.put("logSoftmax", axis("LogSoftmax"));
    }

    static OpConverter unary(String opType) {
        return node -> node.bind(0, node.add(opType, node.operand(0).name()));
    }

    private static OpConverter alpha(String opType) {
        return node -> {
            float alpha = node.literal(1, Number.class).floatValue();
            node.bind(
                    0,
                    node.add(
                            opType, new Attributes().real("alpha", alpha), node.operand(0).name()));
        };
    }

    private static OpConverter axis(String opType) {
        return node -> {
            Operand input = node.operand(0);
            node.bind(
                    0,
                    node.add(
                            opType,
                            new Attributes().integer("axis", input.axis(node.integer(1))),
                            input.name()));
        };
    }

    /** \( x \cdot (1 + \mathrm{erf}(x / \sqrt 2)) / 2 \) */
    private static void gelu(NodeContext node) {
        String x = node.operand(0).name();
        String ratio = node.add("Div", x, real(node, Math.sqrt(2)));
        String sum = node.add("Add", node.add("Erf", ratio), real(node, 1));
        node.bind(0, node.add("Mul", node.add("Mul", x, sum), real(node, 0.5)));
    }

    private static void swish(NodeContext node) {
        String x = node.operand(0).name();
        float beta = node.literal(1, Number.class).floatValue();
        String scaled = beta == 1 ? x : node.add("Mul", x, real(node, beta));
        node.bind(0, node.add("Mul", node.add("Sigmoid", scaled), x));
    }

    /** DJL takes the logarithm to base 2: \( x \tanh(\log_2(1 + e^x)) \). */
    private static void mish(NodeContext node) {
        String x = node.operand(0).name();
        String sum = node.add("Add", node.add("Exp", x), real(node, 1));
        String log2 = node.add("Mul", node.add("Log", sum), real(node, 1 / Math.log(2)));
        node.bind(0, node.add("Mul", node.add("Tanh", log2), x));
    }

    private static String real(NodeContext node, double value) {
        return node.scalar(value, DataType.FLOAT32).name();
    }
}
