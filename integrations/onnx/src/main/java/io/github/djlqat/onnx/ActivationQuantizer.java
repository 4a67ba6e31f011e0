package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.QuantizationParameters;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes fake-quantized activations as QuantizeLinear and DequantizeLinear.
 *
 * <p>All codes are held in uint8; signed codes are 128 higher there. The values are the same, and
 * ONNX Runtime's x86 kernels take uint8 activations only. A format of fewer codes is a Clip of the
 * codes between the two. Clamps of the input, such as a ReLU, commute with rounding, \(
 * Q(\mathrm{clamp}(x, a, b)) = \mathrm{clamp}(Q(x), Q(a), Q(b)) \), and become such a Clip too, or
 * vanish where the codes end there anyway, so that the operation before them can be fused with the
 * quantizer.
 */
final class ActivationQuantizer {

    private static final Set<String> VIEWS = Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze");
    private static final int MAX_CODE = 255;

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
        OnnxGraphBuilder builder = node.builder();
        IntegerFormat format = parameters.scheme().format();
        int low = format.qmin() + offset(format);
        int high = format.qmax() + offset(format);
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
        return quantize(builder, site, input, parameters, 0, MAX_CODE);
    }

    private static String quantize(
            OnnxGraphBuilder builder,
            String site,
            String input,
            QuantizationParameters parameters,
            int low,
            int high) {
        String scale = builder.constant("scale", parameters.scales());
        int zeroPoint = parameters.zeroPoints()[0] + offset(parameters.scheme().format());
        String zero = codeTensor(builder, zeroPoint);
        OnnxGraphBuilder.Dequantized known = builder.dequantized(input);
        String codes;
        if (known != null && sameCodes(known.parameters(), parameters)) {
            IntegerFormat format = known.parameters().scheme().format();
            if (low <= format.qmin() + offset(format) && high >= format.qmax() + offset(format)) {
                return input;
            }
            codes = known.codes();
        } else {
            codes =
                    builder.node(
                            "QuantizeLinear",
                            site + "/QuantizeLinear",
                            new Attributes(),
                            input,
                            scale,
                            zero);
        }
        if (low > 0 || high < MAX_CODE) {
            codes =
                    builder.node(
                            "Clip",
                            site + "/Clip",
                            new Attributes(),
                            codes,
                            codeTensor(builder, low),
                            codeTensor(builder, high));
        }
        return dequantize(builder, site, codes, parameters);
    }

    /** Dequantizes a tensor of uint8 codes. */
    static String dequantize(
            OnnxGraphBuilder builder,
            String site,
            String codes,
            QuantizationParameters parameters) {
        String scale = builder.constant("scale", parameters.scales());
        String zero =
                codeTensor(
                        builder, parameters.zeroPoints()[0] + offset(parameters.scheme().format()));
        String output =
                builder.node(
                        "DequantizeLinear",
                        site + "/DequantizeLinear",
                        new Attributes(),
                        codes,
                        scale,
                        zero);
        builder.markDequantized(output, codes, parameters);
        return output;
    }

    private static boolean sameCodes(QuantizationParameters a, QuantizationParameters b) {
        return a.scales().length == 1
                && a.scales()[0] == b.scales()[0]
                && a.zeroPoints()[0] + offset(a.scheme().format())
                        == b.zeroPoints()[0] + offset(b.scheme().format());
    }

    /** Adds a scalar code. */
    static String codeTensor(OnnxGraphBuilder builder, int code) {
        return builder.shared("code", Tensors.bytes("", Tensors.UINT8, new byte[] {(byte) code}));
    }

    private static int offset(IntegerFormat format) {
        return format.signed() ? 128 : 0;
    }

    /** Returns the uint8 code of a value. */
    static int code(float value, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        double code = Math.rint(value / parameters.scales()[0]) + parameters.zeroPoints()[0];
        return (int) Math.min(Math.max(code, format.qmin()), format.qmax()) + offset(format);
    }

    /** Returns the value of a uint8 code. */
    static float value(int code, QuantizationParameters parameters) {
        IntegerFormat format = parameters.scheme().format();
        return (code - offset(format) - parameters.zeroPoints()[0]) * parameters.scales()[0];
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
