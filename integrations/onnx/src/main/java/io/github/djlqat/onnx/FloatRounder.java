package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;

/**
 * Writes activations that are rounded to floats of 8 or 16 bits, with the scale of each batch or
 * token taken from its largest magnitude, by the same steps as the model computes them.
 */
final class FloatRounder {

    private FloatRounder() {}

    // (input, format)
    static void convert(NodeContext node) {
        Operand input = node.operand(0);
        if (node.isLiteral(1, TensorFormat.Unscaled.class)) {
            FloatFormat format = node.literal(1, TensorFormat.Unscaled.class).format();
            if (Tensors.type(format) != 0) {
                node.bind(0, half(node, input, format));
                return;
            }
        } else if (node.isLiteral(1, TensorFormat.Scaled.class)) {
            TensorFormat.Scaled scaled = node.literal(1, TensorFormat.Scaled.class);
            boolean shared =
                    scaled.granularity() instanceof Granularity.PerTensor
                            || scaled.granularity() instanceof Granularity.PerToken;
            if (shared
                    && scaled.format() instanceof FloatFormat format
                    && Tensors.type(format) != 0) {
                node.bind(0, scaled(node, input, format, scaled.granularity()));
                return;
            }
        }
        throw node.failure(
                "its input is rounded to "
                        + node.argument(1)
                        + ", which ONNX Runtime has no type for; legal are float16, bfloat16, and 8-bit"
                        + " floats with a scale for the tensor or each token");
    }

    /** Larger magnitudes become the format's largest value, not infinity. */
    private static String half(NodeContext node, Operand input, FloatFormat format) {
        float largest = (float) format.maxValue();
        String clipped =
                node.add(
                        "Clip",
                        input.name(),
                        node.scalar(-largest, DataType.FLOAT32).name(),
                        node.scalar(largest, DataType.FLOAT32).name());
        String rounded =
                node.add("Cast", new Attributes().integer("to", Tensors.type(format)), clipped);
        return node.add("Cast", new Attributes().integer("to", Tensors.FLOAT), rounded);
    }

    private static String scaled(
            NodeContext node, Operand input, FloatFormat format, Granularity granularity) {
        String magnitudes = node.add("Abs", input.name());
        boolean tokens = granularity instanceof Granularity.PerToken;
        String largest =
                tokens
                        ? ReductionConverters.reduce(
                                node, "ReduceMax", magnitudes, true, input.rank() - 1)
                        : node.add(
                                "ReduceMax", new Attributes().integer("keepdims", 0), magnitudes);
        String zero = node.scalar(0, DataType.FLOAT32).name();
        String one = node.scalar(1, DataType.FLOAT32).name();
        String quotient =
                node.add(
                        "Div",
                        largest,
                        node.scalar((float) format.maxValue(), DataType.FLOAT32).name());
        // Values that are all zero stay so.
        String scale = node.add("Where", node.add("Equal", quotient, zero), one, quotient);
        String codeOfZero =
                node.builder().shared("code", Tensors.bytes("", Tensors.type(format), new byte[1]));
        String codes =
                node.add("QuantizeLinear", node.add("Div", input.name(), scale), one, codeOfZero);
        String values = node.add("DequantizeLinear", codes, one, codeOfZero);
        return node.add("Mul", values, scale);
    }
}
