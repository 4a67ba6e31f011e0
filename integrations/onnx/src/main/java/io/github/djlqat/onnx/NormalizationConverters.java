package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/** Normalizations and dropout, in inference mode. */
final class NormalizationConverters {

    private NormalizationConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("batchNorm", NormalizationConverters::batchNorm);
        table.put("layerNorm", NormalizationConverters::layerNorm);
        table.put("dropout", NormalizationConverters::dropout);
    }

    // (receiver, input, runningMean, runningVar, gamma, beta, axis, momentum, eps, training)
    private static void batchNorm(NodeContext node) {
        if (node.literal(9, Boolean.class)) {
            throw node.failure("it was traced in training mode; trace the model in inference mode");
        }
        Operand input = node.operand(1);
        Operand mean = node.operand(2);
        int axis = node.integer(6);
        boolean moved = axis != -1 && axis != 1;
        String x = moved ? swap(node, input.name(), input.rank(), axis) : input.name();
        Attributes attributes =
                new Attributes().real("epsilon", node.literal(8, Number.class).floatValue());
        String y =
                node.add(
                        "BatchNormalization",
                        attributes,
                        x,
                        orFull(node, 4, mean.shape(), 1),
                        orFull(node, 5, mean.shape(), 0),
                        mean.name(),
                        node.operand(3).name());
        node.bind(0, moved ? swap(node, y, input.rank(), axis) : y);
    }

    private static String swap(NodeContext node, String x, int rank, int axis) {
        long[] perm = ShapeConverters.identity(rank);
        perm[1] = axis;
        perm[axis] = 1;
        return node.add("Transpose", new Attributes().integers("perm", perm), x);
    }

    private static String orFull(NodeContext node, int i, Shape shape, float value) {
        if (!node.isNull(i)) {
            return node.operand(i).name();
        }
        Object data = ConstantTensor.full(shape, value, DataType.FLOAT32).data();
        return node.builder().constant("constant", data, shape.getShape());
    }

    // (receiver, input, normalizedShape, gamma, beta, eps)
    private static void layerNorm(NodeContext node) {
        Attributes attributes =
                new Attributes()
                        .integer("axis", -node.integers(2).length)
                        .real("epsilon", node.literal(5, Number.class).floatValue());
        node.bind(
                0,
                node.add(
                        "LayerNormalization",
                        attributes,
                        node.operand(1).name(),
                        node.operand(3).name(),
                        node.operand(4).name()));
    }

    // (receiver, input, rate, training)
    private static void dropout(NodeContext node) {
        if (node.literal(3, Boolean.class)) {
            throw node.failure("it was traced in training mode; trace the model in inference mode");
        }
        node.alias(0, node.operand(1));
    }
}
