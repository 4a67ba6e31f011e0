package io.github.djlqat.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares with ml_dtypes, numpy, torch and ONNX Runtime: every code decoded, every tie and a
 * million bit patterns encoded; format_goldens.py wrote what they make of them.
 */
class FloatGoldensTest {

    private static final JsonNode CASTS = read("float_casts.json");

    private static final JsonNode FORMATS = read("float_formats.json").get("formats");

    private static final float[] RANDOM = FloatSamples.random();

    static JsonNode read(String name) {
        try (InputStream stream = FloatGoldensTest.class.getResourceAsStream(name)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Map.Entry<String, JsonNode>> formats() {
        return FORMATS.properties().stream().toList();
    }

    static Stream<Arguments> casts() {
        return StreamSupport.stream(CASTS.get("casts").spliterator(), false)
                .map(
                        golden ->
                                Arguments.of(
                                        new ReferenceCast(
                                                golden.get("library").asText(),
                                                FloatFormat.parse(golden.get("format").asText()),
                                                Rounding.valueOf(golden.get("rounding").asText()),
                                                Overflow.valueOf(golden.get("overflow").asText())),
                                        golden));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void describesTheFormat(Map.Entry<String, JsonNode> entry) {
        FloatFormat format = FloatFormat.parse(entry.getKey());
        JsonNode golden = entry.getValue();

        assertThat(format.formatName()).isEqualTo(entry.getKey());
        assertThat(format.bits()).isEqualTo(golden.get("bits").asInt());
        assertThat(format.maxValue()).isEqualTo(golden.get("max").asDouble());
        assertThat(format.minValue()).isEqualTo(golden.get("min").asDouble());
        assertThat(format.smallestNormal()).isEqualTo(golden.get("smallestNormal").asDouble());
        assertThat(format.smallestPositive()).isEqualTo(golden.get("smallestSubnormal").asDouble());
        assertThat(format.epsilon()).isEqualTo(golden.get("epsilon").asDouble());
        assertThat(format.valueCount()).isEqualTo(golden.get("valueCount").asLong());
        assertThat(format.hasNaN()).isEqualTo(golden.get("hasNaN").asBoolean());
        assertThat(format.hasInfinity()).isEqualTo(golden.get("hasInfinity").asBoolean());
        assertThat(format.hasNegativeZero()).isEqualTo(golden.get("hasNegativeZero").asBoolean());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void decodesEveryCode(Map.Entry<String, JsonNode> entry) {
        FloatFormat format = FloatFormat.parse(entry.getKey());
        float[] decoded = new float[1 << format.bits()];
        for (int code = 0; code < decoded.length; code++) {
            float value = FloatCodec.decode(format, code);
            decoded[code] = Float.isNaN(value) ? Float.NaN : value;
        }

        if (entry.getValue().has("decoded")) {
            JsonNode golden = entry.getValue().get("decoded");
            for (int code = 0; code < decoded.length; code++) {
                assertThat(decoded[code])
                        .as("code %d", code)
                        .isEqualTo(number(golden.get(code).asText()));
            }
        }
        assertThat(FloatSamples.crcOfFloats(decoded))
                .isEqualTo(entry.getValue().get("decodedCrc").asLong());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void encodesEveryValueToItsOwnCode(Map.Entry<String, JsonNode> entry) {
        FloatFormat format = FloatFormat.parse(entry.getKey());
        for (Rounding rounding : Rounding.values()) {
            for (int code = 0; code < 1 << format.bits(); code++) {
                float value = FloatCodec.decode(format, code);
                if (!Float.isNaN(value)) {
                    assertThat(
                                    FloatCodec.encode(
                                            format, value, rounding, Overflow.NON_FINITE, 0.75))
                            .isEqualTo(code);
                }
            }
        }
    }

    @Test
    void makesTheInputsOfTheGoldens() {
        JsonNode inputs = CASTS.get("inputs");
        assertThat(FloatSamples.crcOfFloats(RANDOM)).isEqualTo(inputs.get("random").asLong());
        for (Map.Entry<String, JsonNode> entry : inputs.get("neighbours").properties()) {
            float[] samples = FloatSamples.neighbours(FloatFormat.parse(entry.getKey()));
            assertThat(FloatSamples.crcOfFloats(samples))
                    .as(entry.getKey())
                    .isEqualTo(entry.getValue().asLong());
        }
    }

    @ParameterizedTest
    @MethodSource("casts")
    void encodesTiesAndTheirNeighboursAsTheReference(ReferenceCast cast, JsonNode golden) {
        requireEqual(cast, golden, "neighbours", FloatSamples.neighbours(cast.format()));
    }

    @ParameterizedTest
    @MethodSource("casts")
    void encodesRandomBitPatternsAsTheReference(ReferenceCast cast, JsonNode golden) {
        requireEqual(cast, golden, "random", RANDOM);
    }

    private static void requireEqual(
            ReferenceCast cast, JsonNode golden, String what, float[] inputs) {
        for (JsonNode sample : golden.get(what + "Sample")) {
            float x = Float.intBitsToFloat((int) sample.get(0).asLong());
            assertThat(cast.encode(x)).as("code of %s", x).isEqualTo(sample.get(1).asInt());
        }
        int[] codes = IntStream.range(0, inputs.length).map(i -> cast.encode(inputs[i])).toArray();
        assertThat(FloatSamples.crcOfCodes(codes, cast.format().bits()))
                .isEqualTo(golden.get(what).asLong());
    }

    private static Float number(String text) {
        return switch (text) {
            case "nan" -> Float.NaN;
            case "inf" -> Float.POSITIVE_INFINITY;
            case "-inf" -> Float.NEGATIVE_INFINITY;
            default -> (float) Double.parseDouble(text);
        };
    }
}
