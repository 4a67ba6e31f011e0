package io.github.djlqat.onnx;

import io.github.djlqat.scheme.QuantizationParameters;

/**
 * Writes tensors with one value around them.
 *
 * <p>A quantized tensor is padded by the value's code, since ONNX Runtime has no integer kernel for
 * a pad between DequantizeLinear and QuantizeLinear.
 */
final class Padding {

    private Padding() {}

    /**
     * Binds the node's output to its padded input.
     *
     * @param pads the number of elements before each axis, then those behind each
     * @param value the value of these elements
     */
    static void bind(NodeContext node, Operand input, long[] pads, Number value) {
        String amounts = node.constant(pads);
        OnnxGraphBuilder builder = node.builder();
        OnnxGraphBuilder.Dequantized known = builder.dequantized(input.name());
        if (known == null || !isExact(value.floatValue(), known.parameters())) {
            Operand around = node.scalar(value, input.dataType());
            node.bind(0, node.add("Pad", input.name(), amounts, around.name()));
            return;
        }
        String around =
                ActivationQuantizer.codeTensor(
                        builder,
                        ActivationQuantizer.code(value.floatValue(), known.parameters()),
                        known.parameters());
        String codes = node.add("Pad", known.codes(), amounts, around);
        node.bind(
                0, ActivationQuantizer.dequantize(builder, node.site(), codes, known.parameters()));
    }

    private static boolean isExact(float value, QuantizationParameters parameters) {
        return parameters.scales().length == 1
                && ActivationQuantizer.isByte(parameters)
                && ActivationQuantizer.value(
                                ActivationQuantizer.code(value, parameters), parameters)
                        == value;
    }
}
