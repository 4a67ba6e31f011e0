package io.github.djlqat.onnx;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.scheme.BitOrder;
import io.github.djlqat.scheme.BitPacking;
import io.github.djlqat.scheme.Granularity.PerGroup;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes linear layers with group-wise quantized weights as ONNX Runtime's {@code MatMulNBits}: for
 * each output, blocks of unsigned codes of 2, 4 or 8 bits, with a scale and a zero point each.
 *
 * @see <a
 *     href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits">MatMulNBits</a>
 */
final class MatMulNBits {

    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final int SMALLEST_BLOCK = 16;
    private static final int LARGEST_BLOCK = 256;

    /** The level at which inputs and sums are in single precision. */
    private static final int SINGLE_PRECISION = 1;

    private MatMulNBits() {}

    /** Whether a node is a linear layer that it can express. */
    static boolean holds(Node node) {
        return node.op().equals("linear")
                && node.arguments().get(WEIGHT) instanceof Argument.Quantized quantized
                && quantized.tensor().parameters().scheme().granularity() instanceof PerGroup group
                && group.axis() == 1
                && group.size() >= SMALLEST_BLOCK
                && group.size() <= LARGEST_BLOCK
                && Integer.bitCount(group.size()) == 1
                && quantized.tensor().shape().dimension() == 2
                && quantized.tensor().shape().get(1) % group.size() == 0;
    }

    // (receiver, input, weight, bias)
    static void convert(NodeContext node, Operand input) {
        Argument.Quantized quantized = (Argument.Quantized) node.argument(WEIGHT);
        QuantizedTensor tensor = quantized.tensor();
        QuantizationParameters parameters = tensor.parameters();
        WeightConverter.requireSinglePrecision(quantized.name(), parameters);
        PerGroup group = (PerGroup) parameters.scheme().granularity();
        IntegerFormat format = parameters.scheme().format();
        int bits = format.bits() == 2 ? 2 : format.bits() <= 4 ? 4 : 8;
        int middle = 1 << (bits - 1);
        int offset = format.signed() ? middle : 0;
        long outputs = tensor.shape().get(0);
        long inputs = tensor.shape().get(1);
        long blocks = inputs / group.size();
        OnnxGraphBuilder builder = node.builder();
        String name = quantized.name();
        String codes =
                builder.initializer(
                        Tensors.bytes(
                                builder.uniqueName(name + "_quantized"),
                                Tensors.UINT8,
                                BitPacking.pack(
                                        shifted(tensor.codes(), format, offset),
                                        bits,
                                        BitOrder.LOW_BITS_FIRST),
                                outputs,
                                blocks,
                                (long) group.size() * bits / 8));
        String scales =
                builder.initializer(
                        Tensors.of(
                                builder.uniqueName(name + "_scale"),
                                parameters.scales(),
                                outputs,
                                blocks));
        List<String> arguments = new ArrayList<>(List.of(input.name(), codes, scales));
        int[] zeroPoints =
                Arrays.stream(parameters.zeroPoints()).map(zero -> zero + offset).toArray();
        if (Arrays.stream(zeroPoints).anyMatch(zero -> zero != middle)) {
            byte[] packed = packedRows(zeroPoints, (int) blocks, bits);
            arguments.add(
                    builder.initializer(
                            Tensors.bytes(
                                    builder.uniqueName(name + "_zero_point"),
                                    Tensors.UINT8,
                                    packed,
                                    outputs,
                                    packed.length / outputs)));
        }
        if (!node.isNull(BIAS)) {
            while (arguments.size() < 5) {
                arguments.add("");
            }
            arguments.add(node.operand(BIAS).name());
        }
        Attributes attributes =
                new Attributes()
                        .integer("K", inputs)
                        .integer("N", outputs)
                        .integer("bits", bits)
                        .integer("block_size", group.size())
                        .integer("accuracy_level", SINGLE_PRECISION);
        node.bind(
                0,
                builder.runtimeNode(
                        "MatMulNBits",
                        node.site() + "/MatMulNBits",
                        attributes,
                        arguments.toArray(String[]::new)));
    }

    private static int[] shifted(byte[] codes, IntegerFormat format, int offset) {
        int[] result = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            result[i] = (format.signed() ? codes[i] : codes[i] & 0xFF) + offset;
        }
        return result;
    }

    /** Packs the zero points of each output into bytes of their own. */
    private static byte[] packedRows(int[] values, int columns, int bits) {
        int rows = values.length / columns;
        int bytes = (columns * bits + 7) / 8;
        byte[] result = new byte[rows * bytes];
        for (int row = 0; row < rows; row++) {
            int[] part = Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
            byte[] packed = BitPacking.pack(part, bits, BitOrder.LOW_BITS_FIRST);
            System.arraycopy(packed, 0, result, row * bytes, packed.length);
        }
        return result;
    }
}
