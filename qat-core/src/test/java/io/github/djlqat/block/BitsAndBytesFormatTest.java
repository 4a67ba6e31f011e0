package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.format.CodebookFormat;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BitsAndBytesFormatTest {

    static List<JsonNode> cases() {
        return BlockSamples.cases("bitsandbytes");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsTheRule(JsonNode golden) {
        BlockFormat format = BlockFormat.parse(golden.get("name").asText());
        float[] inputs = BlockSamples.inputs();
        List<byte[]> planes = format.encode(inputs);
        assertThat(BlockSamples.crc(planes.get(1))).isEqualTo(golden.get("absmax_crc").asLong());
        assertThat(BlockSamples.partCrcs(planes.get(0), inputs.length / format.blockSize(), 20))
                .isEqualTo(BlockSamples.longs(golden.get("codes_crc")));
        float[] decoded = format.decode(planes, inputs.length);
        for (int i = 0; i < decoded.length; i++) {
            // The table of the reference has a negative zero, which is no other number.
            decoded[i] += 0f;
        }
        assertThat(BlockSamples.crc(decoded)).isEqualTo(golden.get("decoded_crc").asLong());
    }

    @Test
    void dynamicMapIsThatOfTheAlgorithm() {
        float[] map = DynamicMap.SIGNED.values();
        assertThat(map[0]).isEqualTo(-0.99296875f);
        assertThat(map[254]).isEqualTo(0.99296875f);
        assertThat(map[255]).isEqualTo(1f);
        List<JsonNode> golden = BlockSamples.cases("dynamic_map");
        assertThat(map).hasSize(golden.size());
        for (int i = 0; i < map.length; i++) {
            assertThat(map[i]).as("value %d", i).isEqualTo((float) golden.get(i).asDouble());
        }
    }

    @Test
    void zeroBlockHasCodeSevenAndMagnitudeZero() {
        List<byte[]> planes = BitsAndBytesFormat.NF4.encode(new float[64]);
        assertThat(planes.get(0)).containsOnly(0x77);
        assertThat(planes.get(1)).containsOnly(0);
    }

    @Test
    void firstOfTwoIsInTheHighNibbleAndAnOddTailIsPadded() {
        List<byte[]> planes = BitsAndBytesFormat.NF4.encode(new float[] {1, -1, 1});
        assertThat(planes.get(0)).containsExactly(0xf0, 0xf0);
        assertThat(BitsAndBytesFormat.NF4.decode(planes, 3)).containsExactly(1, -1, 1);
    }

    @Test
    void midpointsTieToTheLowerValue() {
        float[] boundaries = CodebookFormat.NF4.boundaries();
        float[] values = new float[32];
        values[0] = 1;
        System.arraycopy(boundaries, 0, values, 1, boundaries.length);
        byte[] codes = new BitsAndBytesFormat(CodebookFormat.NF4, 32, false).encode(values).get(0);
        for (int i = 0; i < boundaries.length; i++) {
            int pair = codes[(i + 1) / 2];
            assertThat(i % 2 == 0 ? pair & 0xf : pair >> 4 & 0xf).isEqualTo(i);
        }
    }

    @Test
    void blockWithoutFiniteValuesIsNaNAndItsNeighboursAreNot() {
        float[] values = new float[192];
        Arrays.fill(values, 2);
        values[100] = Float.NEGATIVE_INFINITY;
        float[] decoded = BitsAndBytesFormat.NF4.decode(BitsAndBytesFormat.NF4.encode(values), 192);
        for (int i = 0; i < 192; i++) {
            assertThat(Float.valueOf(decoded[i]))
                    .isEqualTo(Float.valueOf(i / 64 == 1 ? Float.NaN : 2));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> BitsAndBytesFormat.NF4.withDoubleQuantization(true).encode(values))
                .withMessageContaining("Block 1 holds an infinity or NaN");
    }

    @ParameterizedTest
    @CsvSource({"16", "48", "8192", "0", "-64"})
    void refusesOtherBlockSizes(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BitsAndBytesFormat(CodebookFormat.NF4, size, false))
                .withMessageContaining("not " + size);
    }
}
