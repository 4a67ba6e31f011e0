package io.github.djlqat.convention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.format.IntegerFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares with torch, ONNX Runtime, TensorFlow and gguf, with no tolerance; convention_goldens.py
 * wrote the values.
 */
class ConventionGoldensTest {

    private static final JsonNode GOLDENS = goldens();

    private static JsonNode goldens() {
        try (InputStream stream = ConventionGoldensTest.class.getResourceAsStream("goldens.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> cases(String name) {
        return StreamSupport.stream(GOLDENS.get(name).spliterator(), false).toList();
    }

    static List<JsonNode> codes() {
        return cases("codes");
    }

    static List<JsonNode> tensorflow() {
        return cases("tensorflow");
    }

    static List<JsonNode> tensorflowGradients() {
        return cases("tensorflowGradients");
    }

    static List<JsonNode> parameters() {
        return cases("parameters");
    }

    static List<JsonNode> ggml() {
        return cases("ggml");
    }

    private static float[] floats(JsonNode node) {
        String text = node.asText();
        float[] values = new float[text.length() / 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(HexFormat.fromHexDigits(text, 8 * i, 8 * i + 8));
        }
        return values;
    }

    private static byte[] bytes(JsonNode node) {
        return HexFormat.of().parseHex(node.asText());
    }

    private static IntegerFormat format(String name) {
        return name.startsWith("narrow")
                ? IntegerFormat.parse(name.replace("narrow", "int")).withNarrowRange(true)
                : IntegerFormat.parse(name);
    }

    private static float[] valuesAround(float scale) {
        float[] steps = floats(GOLDENS.get("steps"));
        float[] values = new float[3 * steps.length];
        for (int i = 0; i < steps.length; i++) {
            values[i] = steps[i] * scale;
            values[i + steps.length] = Math.nextUp(values[i]);
            values[i + 2 * steps.length] = Math.nextDown(values[i]);
        }
        return values;
    }

    private static byte[] quantize(IntegerQuantizer quantizer, float[] values) {
        byte[] codes = new byte[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) quantizer.code(values[i], i);
        }
        return codes;
    }

    @ParameterizedTest
    @MethodSource("codes")
    void codesAreThoseOfTheRuntime(JsonNode node) {
        float scale = floats(node.get("scale"))[0];
        IntegerQuantizer quantizer =
                new IntegerQuantizer(
                        Conventions.named(node.get("convention").asText()).arithmetic(),
                        format(node.get("format").asText()),
                        scale,
                        node.get("zeroPoint").asInt());
        float[] values = valuesAround(scale);
        assertThat(mismatches(values, quantize(quantizer, values), bytes(node.get("codes"))))
                .isEmpty();
    }

    private static List<String> mismatches(float[] values, byte[] actual, byte[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        return IntStream.range(0, values.length)
                .filter(i -> actual[i] != expected[i])
                .mapToObj(i -> values[i] + " became " + actual[i] + ", not " + expected[i])
                .toList();
    }

    /** torch's conversion of huge codes overflows per channel; here they saturate. */
    @Test
    void hugeValuesSaturateWherePerChannelTorchOverflows() {
        assertThat(cases("torchPerChannelOverflow"))
                .allMatch(node -> node.get("perChannelSaturatesToTheWrongEnd").asInt() > 0);
        for (float huge : new float[] {Float.POSITIVE_INFINITY, 1e30f, 0x1p31f}) {
            IntegerQuantizer quantizer =
                    new IntegerQuantizer(
                            Conventions.asPyTorch().arithmetic(), IntegerFormat.INT4, 1, 0);
            assertThat(quantizer.code(huge, 0)).isEqualTo(7);
            assertThat(quantizer.code(-huge, 0)).isEqualTo(-8);
        }
    }

    /** ONNX Runtime's conversion overflows in the last of an odd number of 4-bit values. */
    @Test
    void hugeValuesSaturateWhereTheTailOfOnnxRuntimeOverflows() {
        JsonNode node = GOLDENS.get("onnxRuntimeTail");
        IntegerQuantizer quantizer =
                new IntegerQuantizer(
                        Conventions.asOnnxRuntime().arithmetic(), IntegerFormat.INT4, 1, 0);
        assertThat(quantize(quantizer, floats(node.get("x")))).isEqualTo(bytes(node.get("paired")));
        assertThat(bytes(node.get("paired"))).containsExactly(7, 7, 7, 7);
        assertThat(bytes(node.get("last"))).containsExactly(-8, -8, -8, 7);
    }

    @ParameterizedTest
    @MethodSource("tensorflow")
    void nudgedRangesAreTensorFlows(JsonNode node) {
        int bits = node.get("bits").asInt();
        boolean narrow = node.get("narrow").asBoolean();
        // A narrow unsigned range of TensorFlow is a narrow signed one shifted.
        IntegerFormat format = new IntegerFormat(bits, narrow, narrow);
        int shift = narrow ? 1 << (bits - 1) : 0;
        ScaleAndZeroPoint chosen = nudged(node, format);
        assertThat(chosen.scale()).isEqualTo(floats(node.get("scale"))[0]);
        assertThat(chosen.zeroPoint() + shift).isEqualTo(node.get("zeroPoint").asInt());
        IntegerQuantizer quantizer =
                new IntegerQuantizer(
                        Conventions.asTensorFlow()
                                .arithmetic()
                                .withNonFinite(NonFinite.NAN_TO_LOWEST_CODE),
                        format,
                        chosen.scale(),
                        chosen.zeroPoint());
        byte[] codes = quantize(quantizer, valuesAround(chosen.scale()));
        for (int i = 0; i < codes.length; i++) {
            codes[i] += (byte) shift;
        }
        assertThat(mismatches(valuesAround(chosen.scale()), codes, bytes(node.get("codes"))))
                .isEmpty();
    }

    private static ScaleAndZeroPoint nudged(JsonNode node, IntegerFormat format) {
        return Conventions.asTensorFlow()
                .scales()
                .affine(format, floats(node.get("min"))[0], floats(node.get("max"))[0]);
    }

    @ParameterizedTest
    @MethodSource("tensorflowGradients")
    void theGradientPassesWithinTheNudgedRange(JsonNode node) {
        boolean narrow = node.get("narrow").asBoolean();
        IntegerFormat format = new IntegerFormat(node.get("bits").asInt(), narrow, narrow);
        ScaleAndZeroPoint chosen = nudged(node, format);
        float low = (format.qmin() - chosen.zeroPoint()) * chosen.scale();
        float high = (format.qmax() - chosen.zeroPoint()) * chosen.scale();
        float[] x = floats(node.get("x"));
        float[] dy = floats(node.get("dy"));
        float[] dx = new float[x.length];
        float below = 0;
        float above = 0;
        for (int i = 0; i < x.length; i++) {
            if (x[i] < low) {
                below += dy[i];
            } else if (x[i] > high) {
                above += dy[i];
            } else {
                dx[i] = dy[i];
            }
        }
        assertThat(dx).isEqualTo(floats(node.get("dx")));
        assertThat(below).isEqualTo(floats(node.get("dmin"))[0]);
        assertThat(above).isEqualTo(floats(node.get("dmax"))[0]);
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void parametersAreThoseOfTheRuntime(JsonNode node) {
        String name = node.get("convention").asText();
        ScaleChoice choice =
                name.equals("no-clipping")
                        ? Conventions.asPyTorch().scales().withSymmetric(SymmetricRule.NO_CLIPPING)
                        : Conventions.named(name).scales();
        IntegerFormat format = format(node.get("format").asText());
        boolean symmetric = node.get("symmetric").asBoolean();
        float[] min = floats(node.get("min"));
        float[] max = floats(node.get("max"));
        float[] scales = floats(node.get("scales"));
        for (int i = 0; i < min.length; i++) {
            ScaleAndZeroPoint chosen =
                    symmetric
                            ? choice.symmetric(format, min[i], max[i])
                            : choice.affine(format, min[i], max[i]);
            assertThat(chosen)
                    .as("%s %s to %s", format, min[i], max[i])
                    .isEqualTo(
                            new ScaleAndZeroPoint(
                                    scales[i], node.get("zeroPoints").get(i).asInt()));
        }
    }

    @ParameterizedTest
    @MethodSource("ggml")
    void blocksAreGgmls(JsonNode node) {
        Convention convention = Conventions.named(node.get("convention").asText());
        IntegerFormat format = format(node.get("format").asText());
        float[] x = floats(node.get("x"));
        float[] stored = floats(node.get("stored"));
        byte[] codes = new byte[x.length];
        for (int block = 0; block < stored.length; block++) {
            float scale = scaleOfRow(convention, format, x, 32 * block, 32);
            assertThat(StoredScale.HALF.of(scale)).isEqualTo(stored[block]);
            IntegerQuantizer quantizer =
                    new IntegerQuantizer(convention.arithmetic(), format, scale, 0);
            for (int i = 32 * block; i < 32 * block + 32; i++) {
                codes[i] = (byte) quantizer.code(x[i], i);
            }
            assertThat(quantizer.value(3)).isEqualTo(3 * stored[block]);
        }
        assertThat(codes).isEqualTo(bytes(node.get("codes")));
    }

    private static float scaleOfRow(
            Convention convention, IntegerFormat format, float[] x, int from, int length) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + length; i++) {
            min = Math.min(min, x[i]);
            max = Math.max(max, x[i]);
        }
        return convention.scales().symmetric(format, min, max).scale();
    }

    @Test
    void rowsAreBitsandbytes() {
        JsonNode node = GOLDENS.get("bitsandbytes");
        Convention convention = Conventions.asBitsandbytes();
        float[] x = floats(node.get("x"));
        int length = x.length / node.get("rows").asInt();
        byte[] codes = new byte[x.length];
        for (int i = 0; i < x.length; i++) {
            float scale =
                    scaleOfRow(convention, IntegerFormat.INT8, x, i / length * length, length);
            codes[i] =
                    (byte)
                            new IntegerQuantizer(
                                            convention.arithmetic(), IntegerFormat.INT8, scale, 0)
                                    .code(x[i], i);
        }
        assertThat(codes).isEqualTo(bytes(node.get("codes")));
    }

    @Test
    void everyConventionWithGoldensIsCompared() {
        assertThat(
                        parameters().stream()
                                .map(node -> node.get("convention").asText())
                                .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "pytorch", "onnxruntime", "fbgemm", "awq", "gptq", "no-clipping");
    }
}
