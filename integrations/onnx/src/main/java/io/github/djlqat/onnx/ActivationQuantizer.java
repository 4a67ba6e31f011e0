package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.scheme.QuantizationParameters;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes fake-quantized activations as QuantizeLinear and DequantizeLinear.
 *
 * <p>A format of fewer codes than its {@link CodeType} is a Clip of the codes between the two.
 * Clamps of the input, such as a ReLU, commute with rounding, \( Q(\mathrm{clamp}(x, a, b)) =
 * \mathrm{clamp}(Q(x), Q(a), Q(b)) \), and become such a Clip too, or vanish where the codes end
 * there anyway, so that the operation before them can be fused with the quantizer. Codes of 16 bits
 * have no such Clip, and the values are clamped before they are rounded. Below opset 21, which
 * brings 16 bits, they are written by ONNX Runtime's own operators of the same names.
 */
final class ActivationQuantizer {

    private static final Set<String> VIEWS = Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze");

    /** The first opset whose quantizers have codes of 16 bits. */
    static final int OPSET_OF_16_BITS = 21;

    private ActivationQuantizer() {}

    static void convert(NodeContext node) {
        Operand input = node.operand(0);
        QuantizationParameters parameters = node.literal(1, QuantizationParameters.class);
        if (parameters.scales().length != 1) {
            throw node.failure(
                    "activations are quantized per tensor, not with "
                            + parameters.scales().length
                            + " scales");
        }
        Convention convention = parameters.scheme().convention();
        if (convention.hasSignedScales()
                || convention.arithmetic().storedScale() != StoredScale.SINGLE) {
            throw node.failure(
                    "it follows the convention "
                            + convention
                            + ", whose scales may be negative or are stored in half precision; legal are conventions"
                            + " with positive scales in single precision");
        }
        if (input.dataType() != DataType.FLOAT32) {
            throw node.failure(
                    "its input has the data type "
                            + input.dataType()
                            + "; quantized are FLOAT32 tensors");
        }
        if (type(parameters).isByte()) {
            convertToBytes(node, input, parameters);
        } else {
            convertToHalves(node, input, parameters);
        }
    }

    private static void convertToHalves(
            NodeContext node, Operand input, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        String source = input.name();
        if (format.narrowRange()) {
            Operand low = node.scalar(value(format.qmin(), parameters), DataType.FLOAT32);
            source = node.add("Clip", source, low.name());
        }
        node.bind(0, requantize(node.builder(), node.site(), source, parameters));
    }

    private static void convertToBytes(
            NodeContext node, Operand input, QuantizationParameters parameters) {
        OnnxGraphBuilder builder = node.builder();
        IntegerFormat format = parameters.scheme().format();
        int low = format.qmin() + type(parameters).offset();
        int high = format.qmax() + type(parameters).offset();
        String source = input.name();
        Deque<NodeProto> views = new ArrayDeque<>();
        for (NodeProto producer = builder.producer(source);
                producer != null;
                producer = builder.producer(source)) {
            if (producer.getOpType().equals("Relu")) {
                low = Math.max(low, code(0, parameters));
            } else if (producer.getOpType().equals("Clip")) {
                low =
                        Math.max(
                                low,
                                code(
                                        bound(builder, producer, 1, Float.NEGATIVE_INFINITY),
                                        parameters));
                high =
                        Math.min(
                                high,
                                code(
                                        bound(builder, producer, 2, Float.POSITIVE_INFINITY),
                                        parameters));
            } else if (VIEWS.contains(producer.getOpType())) {
                views.push(producer);
            } else {
                break;
            }
            source = producer.getInput(0);
        }
        String output =
                quantize(builder, node.site(), source, parameters, low, Math.max(low, high));
        for (NodeProto view : views) {
            output = requantize(builder, node.site(), builder.copy(view, output), parameters);
        }
        node.bind(0, output);
    }

    /** Quantizes and dequantizes a tensor that holds only values of the codes. */
    static String requantize(
            OnnxGraphBuilder builder,
            String site,
            String input,
            QuantizationParameters parameters) {
        CodeType type = type(parameters);
        return quantize(builder, site, input, parameters, type.min(), type.max());
    }

    private static String quantize(
            OnnxGraphBuilder builder,
            String site,
            String input,
            QuantizationParameters parameters,
            int low,
            int high) {
        CodeType type = type(parameters);
        OnnxGraphBuilder.Dequantized known = builder.dequantized(input);
        String codes;
        if (known != null && sameCodes(known.parameters(), parameters)) {
            IntegerFormat format = known.parameters().scheme().format();
            if (low <= format.qmin() + type.offset() && high >= format.qmax() + type.offset()) {
                return input;
            }
            codes = known.codes();
        } else {
            codes = linear(builder, "QuantizeLinear", site, input, parameters);
        }
        if (low > type.min() || high < type.max()) {
            codes =
                    builder.node(
                            "Clip",
                            site + "/Clip",
                            new Attributes(),
                            codes,
                            codeTensor(builder, low, parameters),
                            codeTensor(builder, high, parameters));
        }
        return dequantize(builder, site, codes, parameters);
    }

    /** Dequantizes a tensor of codes. */
    static String dequantize(
            OnnxGraphBuilder builder,
            String site,
            String codes,
            QuantizationParameters parameters) {
        String output = linear(builder, "DequantizeLinear", site, codes, parameters);
        builder.markDequantized(output, codes, parameters);
        return output;
    }

    private static String linear(
            OnnxGraphBuilder builder,
            String opType,
            String site,
            String input,
            QuantizationParameters parameters) {
        CodeType type = type(parameters);
        String name = site + "/" + opType;
        String scale = builder.constant("scale", parameters.scales());
        String zero = codeTensor(builder, parameters.zeroPoints()[0] + type.offset(), parameters);
        return type.isByte() || builder.opset() >= OPSET_OF_16_BITS
                ? builder.node(opType, name, new Attributes(), input, scale, zero)
                : builder.runtimeNode(opType, name, new Attributes(), input, scale, zero);
    }

    private static boolean sameCodes(QuantizationParameters a, QuantizationParameters b) {
        return a.scales().length == 1
                && a.scales()[0] == b.scales()[0]
                && type(a).type() == type(b).type()
                && a.zeroPoints()[0] + type(a).offset() == b.zeroPoints()[0] + type(b).offset();
    }

    /** Adds a scalar that holds a code. */
    static String codeTensor(
            OnnxGraphBuilder builder, int code, QuantizationParameters parameters) {
        return builder.shared("code", type(parameters).scalar(code));
    }

    /** Whether a node quantizes to codes of 16 bits. */
    static boolean hasHalves(Node node) {
        return node.op().equals(Node.FAKE_QUANTIZE)
                && node.arguments().get(1) instanceof Argument.Literal literal
                && literal.value() instanceof QuantizationParameters parameters
                && !isByte(parameters);
    }

    /** Whether the codes are bytes. */
    static boolean isByte(QuantizationParameters parameters) {
        return type(parameters).isByte();
    }

    private static CodeType type(QuantizationParameters parameters) {
        return CodeType.of(parameters.scheme().format());
    }

    /** Returns the code of a value as it is held. */
    static int code(float value, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        double code = Math.rint(value / parameters.scales()[0]) + parameters.zeroPoints()[0];
        return (int) Math.min(Math.max(code, format.qmin()), format.qmax())
                + type(parameters).offset();
    }

    /** Returns the value of a code as it is held. */
    static float value(int code, QuantizationParameters parameters) {
        return (code - type(parameters).offset() - parameters.zeroPoints()[0])
                * parameters.scales()[0];
    }

    private static float bound(OnnxGraphBuilder builder, NodeProto clip, int input, float absent) {
        if (input >= clip.getInputCount() || clip.getInput(input).isEmpty()) {
            return absent;
        }
        TensorProto tensor = builder.initializer(clip.getInput(input));
        if (tensor == null) {
            throw new IllegalStateException(
                    "The bounds of " + clip.getName() + " are no constants.");
        }
        return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat();
    }
}
