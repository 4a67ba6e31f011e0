package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.Granularity.PerChannel;
import io.github.djlqat.scheme.Granularity.PerGroup;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes quantized constants as integer initializers and the nodes that dequantize them.
 *
 * <p>Codes of 5 to 8 bits are stored as bytes. Codes of up to 4 bits are stored two in a byte.
 * Where a whole channel shares a scale they are cast to bytes at load, since runtimes compute with
 * bytes; where a group shares one they are dequantized by the blocks of opset 21.
 */
final class WeightConverter {

    private final OnnxGraphBuilder builder;
    private final WeightContainer container;
    private final boolean packed;

    WeightConverter(OnnxGraphBuilder builder, WeightContainer container, boolean packed) {
        this.builder = builder;
        this.container = container;
        this.packed = packed;
    }

    /** Whether codes of up to 4 bits are stored two in a byte. */
    boolean isPacked() {
        return packed;
    }

    /**
     * Whether each use of a tensor has codes of its own: ONNX Runtime cannot turn int8 codes that
     * two nodes read into uint8.
     */
    boolean isWrittenForEachUse(QuantizedTensor tensor) {
        QuantizationScheme scheme = tensor.parameters().scheme();
        return container == WeightContainer.INT8
                && scheme.format().signed()
                && scheme.format().bits() == 8
                && !(scheme.granularity() instanceof PerGroup);
    }

    /** Adds a tensor and returns its dequantized values. */
    Operand dequantized(Argument.Quantized quantized) {
        return write(quantized.name(), quantized.tensor());
    }

    /** Adds a tensor as a matrix of as many rows, and returns its dequantized values. */
    Operand matrix(Argument.Quantized quantized) {
        QuantizedTensor tensor = quantized.tensor();
        long rows = tensor.shape().get(0);
        Shape shape = new Shape(rows, tensor.shape().size() / rows);
        return write(
                quantized.name(), new QuantizedTensor(shape, tensor.codes(), tensor.parameters()));
    }

    /** Whether all elements of an index of the first axis share a scale. */
    static boolean hasOneScaleARow(QuantizedTensor tensor) {
        Granularity granularity = tensor.parameters().scheme().granularity();
        return granularity instanceof Granularity.PerTensor
                || granularity instanceof PerChannel channel && channel.axis() == 0;
    }

    /** Adds the transpose of a matrix whose second axis is cut into groups. */
    Operand transposed(Argument.Quantized quantized) {
        QuantizedTensor tensor = quantized.tensor();
        PerGroup group = (PerGroup) tensor.parameters().scheme().granularity();
        int rows = Math.toIntExact(tensor.shape().get(0));
        int columns = Math.toIntExact(tensor.shape().get(1));
        int groups = columns / group.size();
        byte[] codes = new byte[rows * columns];
        float[] scales = new float[rows * groups];
        int[] zeroPoints = new int[rows * groups];
        float[] oldScales = tensor.parameters().scales();
        int[] oldZeroPoints = tensor.parameters().zeroPoints();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                codes[column * rows + row] = tensor.codes()[row * columns + column];
            }
            for (int i = 0; i < groups; i++) {
                scales[i * rows + row] = oldScales[row * groups + i];
                zeroPoints[i * rows + row] = oldZeroPoints[row * groups + i];
            }
        }
        var scheme = tensor.parameters().scheme();
        var turned = scheme.withGranularity(new PerGroup(0, group.size()));
        return write(
                quantized.name(),
                new QuantizedTensor(
                        new Shape(columns, rows),
                        codes,
                        new QuantizationParameters(turned, scales, zeroPoints)));
    }

    private Operand write(String name, QuantizedTensor tensor) {
        QuantizationParameters parameters = tensor.parameters();
        IntegerFormat format = parameters.scheme().format();
        Granularity granularity = parameters.scheme().granularity();
        long[] dims = tensor.shape().getShape();
        if (tensor.codes().length != tensor.shape().size()) {
            throw new OnnxExportException(
                    "The quantized tensor "
                            + name
                            + " of shape "
                            + tensor.shape()
                            + " has "
                            + tensor.codes().length
                            + " codes.");
        }
        requireSinglePrecision(name, parameters);
        long[] scaleDims = scaleDims(name, dims, granularity, parameters.scales().length);
        boolean nibbles = packed && format.bits() <= 4;
        boolean grouped = granularity instanceof PerGroup;
        int offset =
                format.bits() == 8
                                && format.signed()
                                && container == WeightContainer.UINT8
                                && !grouped
                        ? 128
                        : 0;
        boolean signed = format.signed() && offset == 0;
        byte[] zeroPoints = new byte[parameters.zeroPoints().length];
        for (int i = 0; i < zeroPoints.length; i++) {
            zeroPoints[i] = (byte) (parameters.zeroPoints()[i] + offset);
        }
        byte[] codes = shifted(tensor.codes(), offset);
        int byteType = signed ? Tensors.INT8 : Tensors.UINT8;
        int nibbleType = signed ? Tensors.INT4 : Tensors.UINT4;
        String codesName = builder.uniqueName(name + "_quantized");
        String zeroName = builder.uniqueName(name + "_zero_point");
        builder.initializer(
                nibbles
                        ? Tensors.nibbles(codesName, nibbleType, codes, dims)
                        : Tensors.bytes(codesName, byteType, codes, dims));
        builder.initializer(
                nibbles && grouped
                        ? Tensors.nibbles(zeroName, nibbleType, zeroPoints, scaleDims)
                        : Tensors.bytes(zeroName, byteType, zeroPoints, scaleDims));
        String scaleName =
                builder.initializer(
                        Tensors.of(
                                builder.uniqueName(name + "_scale"),
                                parameters.scales(),
                                scaleDims));
        String input = codesName;
        if (nibbles && !grouped) {
            input =
                    builder.node(
                            "Cast",
                            name + "/Cast",
                            new Attributes().integer("to", byteType),
                            codesName);
        }
        String output =
                builder.node(
                        "DequantizeLinear",
                        name + "/DequantizeLinear",
                        attributes(granularity),
                        input,
                        scaleName,
                        zeroName);
        return new Operand(output, tensor.shape(), DataType.FLOAT32);
    }

    /** Refuses scales that a runtime would have to round. */
    static void requireSinglePrecision(String name, QuantizationParameters parameters) {
        if (parameters.scheme().convention().arithmetic().storedScale() != StoredScale.SINGLE) {
            throw new OnnxExportException(
                    "The quantized tensor "
                            + name
                            + " follows the convention "
                            + parameters.scheme().convention()
                            + ", which stores scales in half precision; legal are conventions that store them in single precision.");
        }
    }

    private static byte[] shifted(byte[] codes, int offset) {
        if (offset == 0) {
            return codes;
        }
        byte[] result = new byte[codes.length];
        for (int i = 0; i < codes.length; i++) {
            result[i] = (byte) (codes[i] + offset);
        }
        return result;
    }

    private static Attributes attributes(Granularity granularity) {
        Attributes attributes = new Attributes();
        if (granularity instanceof PerChannel channel) {
            attributes.integer("axis", channel.axis());
        } else if (granularity instanceof PerGroup group) {
            attributes.integer("axis", group.axis()).integer("block_size", group.size());
        }
        return attributes;
    }

    private static long[] scaleDims(String name, long[] dims, Granularity granularity, int scales) {
        long[] result = new long[0];
        if (granularity instanceof PerChannel channel && channel.axis() < dims.length) {
            result = new long[] {dims[channel.axis()]};
        } else if (granularity instanceof PerGroup group
                && group.axis() < dims.length
                && dims[group.axis()] % group.size() == 0) {
            result = dims.clone();
            result[group.axis()] /= group.size();
        } else if (!(granularity instanceof Granularity.PerTensor)) {
            throw new OnnxExportException(
                    "The tensor "
                            + name
                            + " of shape "
                            + Arrays.toString(dims)
                            + " cannot be quantized by "
                            + granularity
                            + ".");
        }
        long expected = new Shape(result).size();
        if (expected != scales) {
            throw new OnnxExportException(
                    "The tensor "
                            + name
                            + " has "
                            + scales
                            + " scales; "
                            + granularity
                            + " of shape "
                            + Arrays.toString(dims)
                            + " needs "
                            + expected
                            + ".");
        }
        return result;
    }

    /**
     * Adds a bias in units of the accumulator, \( s_b = s_x s_w \), as integer kernels take it.
     *
     * @param bias the bias, one for each output channel
     * @param input the quantization of the input
     * @param weight the weight, quantized per tensor or by its first axis
     * @return the dequantized bias, or null if it does not fit in 32 bits or the weight is
     *     quantized in another way
     */
    @Nullable Operand bias(
            String name, float[] bias, QuantizationParameters input, QuantizedTensor weight) {
        QuantizationParameters parameters = weight.parameters();
        Granularity granularity = parameters.scheme().granularity();
        boolean perChannel = granularity instanceof PerChannel channel && channel.axis() == 0;
        if (input.scales().length != 1
                || !perChannel && !(granularity instanceof Granularity.PerTensor)
                || perChannel && parameters.scales().length != bias.length) {
            return null;
        }
        float[] weightScales = parameters.scales();
        float[] scales = new float[perChannel ? bias.length : 1];
        int[] codes = new int[bias.length];
        for (int i = 0; i < bias.length; i++) {
            int channel = perChannel ? i : 0;
            scales[channel] = input.scales()[0] * weightScales[channel];
            double code = Math.rint(bias[i] / (double) scales[channel]);
            if (!(Math.abs(code) < Integer.MAX_VALUE) || !(scales[channel] > 0)) {
                return null;
            }
            codes[i] = (int) code;
        }
        long[] scaleDims = perChannel ? new long[] {bias.length} : new long[0];
        String codesName = builder.uniqueName(name + "_quantized");
        builder.initializer(Tensors.of(codesName, codes, bias.length));
        String scaleName =
                builder.initializer(
                        Tensors.of(builder.uniqueName(name + "_scale"), scales, scaleDims));
        TensorProto zeros = Tensors.of("", new int[scales.length], scaleDims);
        String zeroName = builder.shared(name + "_zero_point", zeros);
        Attributes attributes = perChannel ? new Attributes().integer("axis", 0) : new Attributes();
        String output =
                builder.node(
                        "DequantizeLinear",
                        name + "/DequantizeLinear",
                        attributes,
                        codesName,
                        scaleName,
                        zeroName);
        return new Operand(output, new Shape(bias.length), DataType.FLOAT32);
    }
}
