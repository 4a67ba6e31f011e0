package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with ggml's library and gguf-py; block_goldens.py wrote the values. */
class GgmlFormatTest {

    static List<JsonNode> cases() {
        return BlockSamples.cases("ggml");
    }

    private static GgmlFormat format(JsonNode golden) {
        return GgmlFormat.valueOf(golden.get("name").asText());
    }

    @Test
    void inputsAreThoseOfTheGoldens() {
        assertThat(BlockSamples.crc(BlockSamples.inputs()))
                .isEqualTo(BlockSamples.GOLDENS.get("inputs_crc").asLong());
        assertThat(cases()).hasSize(GgmlFormat.values().length);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void encodesTheBytesOfTheReference(JsonNode golden) {
        GgmlFormat format = format(golden);
        byte[] blocks = format.encode(BlockSamples.inputs()).get(0);
        int size = Math.toIntExact(format.size(format.blockSize()));
        byte[] sample = HexFormat.of().parseHex(golden.get("sample").asText());
        assertThat(Arrays.copyOf(blocks, sample.length)).isEqualTo(sample);
        assertThat(BlockSamples.partCrcs(blocks, blocks.length / size, blocks.length / size))
                .isEqualTo(BlockSamples.longs(golden.get("blocks")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesAnyBytesAsTheReference(JsonNode golden) {
        GgmlFormat format = format(golden);
        int size = Math.toIntExact(format.size(format.blockSize()));
        byte[] patterns = BlockSamples.bits(11, 64 * size);
        long[] crcs = new long[64];
        for (int i = 0; i < crcs.length; i++) {
            byte[] block = Arrays.copyOfRange(patterns, i * size, (i + 1) * size);
            crcs[i] = BlockSamples.crc(format.decode(List.of(block), format.blockSize()));
        }
        assertThat(crcs).isEqualTo(BlockSamples.longs(golden.get("decoded_crc")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesItsOwnBytesAsTheReference(JsonNode golden) {
        GgmlFormat format = format(golden);
        float[] inputs = BlockSamples.inputs();
        float[] decoded = format.decode(format.encode(inputs), inputs.length);
        assertThat(BlockSamples.crc(decoded)).isEqualTo(golden.get("own_crc").asLong());
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatItCannotHold(GgmlFormat format) {
        float[] values = new float[format.blockSize()];
        values[3] = Float.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.encode(values))
                .withMessageContaining("Value 3 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.encode(new float[format.blockSize() + 1]))
                .withMessageContaining("whole number of blocks");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.decode(List.of(new byte[3]), format.blockSize()))
                .withMessageContaining("bytes, not 3");
    }

    @ParameterizedTest
    @EnumSource
    void valuesTooSmallForTheScaleBecomeZero(GgmlFormat format) {
        float[] values = new float[format.blockSize()];
        Arrays.fill(values, 1e-40f);
        float[] decoded = format.decode(format.encode(values), values.length);
        for (float value : decoded) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo(1e-37f);
        }
    }
}
