package io.github.djlqat.onnx;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Argument.Quantized;
import io.github.djlqat.scheme.Granularity.PerGroup;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Convolutions and matrix products. */
final class ConvolutionConverters {

    private ConvolutionConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("convolution", ConvolutionConverters::convolution);
        table.put("deconvolution", ConvolutionConverters::deconvolution);
        table.put("linear", ConvolutionConverters::linear);
        table.put("matMul", ConvolutionConverters::matMul);
        table.put("batchMatMul", ConvolutionConverters::matMul);
        table.put("dot", ConvolutionConverters::matMul);
    }

    // (receiver, input, weight, bias, stride, padding, dilation, groups)
    private static void convolution(NodeContext node) {
        Operand input = node.operand(1);
        QuantizationParameters quantization = node.quantization(input);
        if (quantization != null
                && ActivationQuantizer.isByte(quantization)
                && isMatrixProduct(node, input)) {
            matrixProduct(node, input, quantization);
            return;
        }
        Operand weight = node.operand(2);
        long[] kernel = weight.shape().slice(2).getShape();
        Attributes attributes =
                new Attributes()
                        .integers("kernel_shape", kernel)
                        .integers("strides", node.integers(4))
                        .integers("pads", bothSides(node.integers(5)))
                        .integers("dilations", node.integers(6))
                        .integer("group", node.integer(7));
        node.bind(0, node.add("Conv", attributes, inputs(node, input, weight)));
    }

    /** Whether a quantized convolution sees one position only and multiplies it by a matrix. */
    private static boolean isMatrixProduct(NodeContext node, Operand input) {
        if (!(node.argument(2) instanceof Quantized weight)
                || !WeightConverter.hasOneScaleARow(weight.tensor())) {
            return false;
        }
        long positions = input.shape().slice(2).size();
        long kernel = weight.tensor().shape().slice(2).size();
        boolean fixed =
                IntStream.range(2, input.rank())
                        .allMatch(axis -> node.sizes().isArgumentFixed(1, axis));
        return positions == 1
                && fixed
                && kernel == 1
                && node.integer(7) == 1
                && Arrays.stream(node.integers(5)).allMatch(padding -> padding == 0);
    }

    /**
     * Writes it as a Gemm, which ONNX Runtime computes in integers even where no quantizer follows,
     * as behind the last layer; a convolution it would compute in floating point there.
     */
    private static void matrixProduct(
            NodeContext node, Operand input, QuantizationParameters quantization) {
        String flat = node.add("Flatten", new Attributes().integer("axis", 1), input.name());
        String codes =
                ActivationQuantizer.requantize(node.builder(), node.site(), flat, quantization);
        Operand matrix = node.state().weights().matrix((Quantized) node.argument(2));
        String[] inputs = inputs(node, input, matrix);
        inputs[0] = codes;
        String product = node.add("Gemm", new Attributes().integer("transB", 1), inputs);
        long[] axes = new long[input.rank() - 2];
        Arrays.setAll(axes, i -> i + 2);
        node.bind(0, node.add("Unsqueeze", product, node.constant(axes)));
    }

    // (receiver, input, weight, bias, stride, padding, outPadding, dilation, groups)
    private static void deconvolution(NodeContext node) {
        Operand input = node.operand(1);
        Operand weight = node.operand(2);
        Attributes attributes =
                new Attributes()
                        .integers("kernel_shape", weight.shape().slice(2).getShape())
                        .integers("strides", node.integers(4))
                        .integers("pads", bothSides(node.integers(5)))
                        .integers("output_padding", node.integers(6))
                        .integers("dilations", node.integers(7))
                        .integer("group", node.integer(8));
        List<String> inputs = new ArrayList<>(List.of(input.name(), weight.name()));
        if (!node.isNull(3)) {
            inputs.add(node.operand(3).name());
        }
        node.bind(0, node.add("ConvTranspose", attributes, inputs.toArray(String[]::new)));
    }

    // (receiver, input, weight, bias): x W^T + b
    private static void linear(NodeContext node) {
        Operand input = node.operand(1);
        if (node.state().weightOnly() == WeightOnlyForm.MAT_MUL_N_BITS
                && MatMulNBits.holds(node.node())) {
            MatMulNBits.convert(node, input);
            return;
        }
        Operand weight;
        boolean turned = false;
        if (node.argument(2) instanceof Quantized quantized
                && quantized.tensor().parameters().scheme().granularity() instanceof PerGroup group
                && group.axis() == 1) {
            // Runtimes know blockwise weights as (inputs, outputs) with the blocks along the
            // inputs.
            weight = node.state().weights().transposed(quantized);
            turned = true;
        } else {
            weight = node.operand(2);
        }
        if (input.rank() == 2 && !turned) {
            node.bind(
                    0,
                    node.add(
                            "Gemm",
                            new Attributes().integer("transB", 1),
                            inputs(node, input, weight)));
            return;
        }
        String matrix =
                turned
                        ? weight.name()
                        : node.add(
                                "Transpose",
                                new Attributes().integers("perm", 1, 0),
                                weight.name());
        String product = node.add("MatMul", input.name(), matrix);
        node.bind(0, node.isNull(3) ? product : node.add("Add", product, node.operand(3).name()));
    }

    private static void matMul(NodeContext node) {
        node.bind(0, node.add("MatMul", node.operand(0).name(), node.operand(1).name()));
    }

    private static String[] inputs(NodeContext node, Operand input, Operand weight) {
        List<String> names = new ArrayList<>(List.of(input.name(), weight.name()));
        if (!node.isNull(3)) {
            Operand bias = integerBias(node, input);
            names.add(bias == null ? node.operand(3).name() : bias.name());
        }
        return names.toArray(String[]::new);
    }

    /**
     * Returns the bias in units of the accumulator where input and weight are quantized, or null.
     */
    private static @Nullable Operand integerBias(NodeContext node, Operand input) {
        QuantizationParameters quantization = node.quantization(input);
        if (quantization == null || !(node.argument(2) instanceof Quantized weight)) {
            return null;
        }
        float[] values;
        String name;
        if (node.argument(3) instanceof Argument.Constant constant
                && constant.data() instanceof float[] data) {
            values = data;
            name = constant.name();
        } else if (node.argument(3) instanceof Argument.ParameterReference reference
                && reference.parameter().isInitialized()) {
            values = reference.parameter().getArray().toFloatArray();
            name = reference.name();
        } else {
            return null;
        }
        return node.state().weights().bias(name, values, quantization, weight.tensor());
    }

    private static long[] bothSides(long[] padding) {
        long[] pads = new long[2 * padding.length];
        for (int i = 0; i < padding.length; i++) {
            pads[i] = padding[i];
            pads[i + padding.length] = padding[i];
        }
        return pads;
    }
}
