package io.github.djlqat.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with bitsandbytes' bucketing and ggml's search; format_goldens.py wrote the values. */
class CodebookCodecTest {

    private static final JsonNode GOLDENS = FloatGoldensTest.read("codebooks.json");

    static Iterable<Map.Entry<String, JsonNode>> codebooks() {
        return GOLDENS.get("codebooks").properties();
    }

    @ParameterizedTest
    @MethodSource("codebooks")
    void holdsTheTable(Map.Entry<String, JsonNode> entry) {
        CodebookFormat format = (CodebookFormat) Formats.parse(entry.getKey());
        JsonNode values = entry.getValue().get("values");
        assertThat(format.bits()).isEqualTo(4);
        assertThat(format.values()).hasSize(values.size());
        for (int code = 0; code < values.size(); code++) {
            assertThat((double) CodebookCodec.decode(format, code))
                    .isEqualTo(values.get(code).asDouble());
        }
    }

    @ParameterizedTest
    @MethodSource("codebooks")
    void roundsTiesAndTheirNeighboursAsTheReference(Map.Entry<String, JsonNode> entry) {
        CodebookFormat format = (CodebookFormat) Formats.parse(entry.getKey());
        JsonNode inputs = entry.getValue().get("inputs");
        for (int i = 0; i < inputs.size(); i++) {
            float x = Float.intBitsToFloat((int) inputs.get(i).asLong());
            float rounded =
                    Float.intBitsToFloat((int) entry.getValue().get("rounded").get(i).asLong());
            assertThat(CodebookCodec.round(format, x)).as("%s", x).isEqualTo(rounded);
        }
    }

    @ParameterizedTest
    @MethodSource("codebooks")
    void roundsRandomBitPatternsAsTheReference(Map.Entry<String, JsonNode> entry) {
        CodebookFormat format = (CodebookFormat) Formats.parse(entry.getKey());
        float[] inputs = FloatSamples.random();
        int count = 0;
        for (float x : inputs) {
            if (!Float.isNaN(x)) {
                inputs[count++] = CodebookCodec.round(format, x);
            }
        }
        assertThat(FloatSamples.crcOfFloats(Arrays.copyOf(inputs, count)))
                .isEqualTo(entry.getValue().get("randomCrc").asLong());
    }

    @Test
    void encodesValuesToTheirFirstCode() {
        for (NumberFormat number : Formats.named()) {
            if (number instanceof CodebookFormat format) {
                float[] values = format.values();
                for (int code = 0; code < values.length; code++) {
                    int encoded = CodebookCodec.encode(format, values[code]);
                    boolean secondZero =
                            format.equals(CodebookFormat.FP4_BITSANDBYTES) && code == 8;
                    assertThat(encoded).isEqualTo(secondZero ? 0 : code);
                }
            }
        }
    }

    @Test
    void encodesWhatLiesBeyondTheTable() {
        CodebookFormat format = CodebookFormat.FP4_BITSANDBYTES;
        assertThat(CodebookCodec.encode(format, Float.POSITIVE_INFINITY)).isEqualTo(3);
        assertThat(CodebookCodec.encode(format, Float.NEGATIVE_INFINITY)).isEqualTo(11);
        assertThat(CodebookCodec.encode(format, Float.NaN)).isEqualTo(11);
        assertThat(CodebookCodec.encode(CodebookFormat.NF4, 0f)).isEqualTo(7);
    }

    @Test
    void breaksTiesAsTheFormatSays() {
        assertThat(CodebookCodec.round(CodebookFormat.TERNARY, 0.5f)).isZero();
        assertThat(CodebookCodec.round(CodebookFormat.TERNARY, -0.5f)).isEqualTo(-1);
        assertThat(CodebookCodec.round(CodebookFormat.BINARY, 0f)).isEqualTo(1);
        assertThat(CodebookCodec.round(CodebookFormat.BINARY, -0f)).isEqualTo(1);
        assertThat(CodebookCodec.round(CodebookFormat.BINARY, -Float.MIN_VALUE)).isEqualTo(-1);
    }

    @Test
    void keepsAdjacentFloatsApart() {
        for (float lower : new float[] {1f, Math.nextUp(1f), -Float.MIN_VALUE, Float.MIN_VALUE}) {
            for (TieBreak tieBreak : TieBreak.values()) {
                float[] values = {Math.nextUp(lower), lower};
                CodebookFormat format = new CodebookFormat("close", values, tieBreak);
                assertThat(CodebookCodec.encode(format, values[0])).isZero();
                assertThat(CodebookCodec.encode(format, values[1])).isEqualTo(1);
            }
        }
    }

    @Test
    void comparesByTable() {
        CodebookFormat format = new CodebookFormat("binary", new float[] {-1, 1});
        assertThat(format).isNotEqualTo(CodebookFormat.BINARY);
        CodebookFormat same =
                new CodebookFormat("binary", new float[] {-1, 1}, TieBreak.UPPER_VALUE);
        assertThat(same).isEqualTo(CodebookFormat.BINARY).hasSameHashCodeAs(CodebookFormat.BINARY);
        same.values()[0] = 5;
        assertThat(same.minValue()).isEqualTo(-1);
    }

    @Test
    void refusesTablesThatAreNone() {
        assertThatThrownBy(() -> new CodebookFormat("one", new float[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Codebook one has 1 values; legal are 2 to 256.");
        assertThatThrownBy(() -> new CodebookFormat("same", new float[] {0f, -0f}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two different values");
        assertThatThrownBy(() -> new CodebookFormat("nan", new float[] {0, Float.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Value 1 of codebook nan is NaN");
        assertThatThrownBy(() -> CodebookCodec.decode(CodebookFormat.TERNARY, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 is no code of ternary; legal are 0 to 2.");
    }
}
