package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the specification's formulas in numpy; block_goldens.py wrote the values. */
class MxFormatTest {

    static List<JsonNode> mx() {
        return BlockSamples.cases("mx");
    }

    static List<JsonNode> nv() {
        return BlockSamples.cases("nv");
    }

    private static float[] mxInputs() {
        float[] inputs = BlockSamples.inputs();
        float[] boundaries = BlockSamples.boundaryBlocks();
        float[] all = new float[inputs.length + boundaries.length];
        System.arraycopy(inputs, 0, all, 0, inputs.length);
        System.arraycopy(boundaries, 0, all, inputs.length, boundaries.length);
        return all;
    }

    @Test
    void boundariesAreThoseOfTheGoldens() {
        assertThat(BlockSamples.crc(BlockSamples.boundaryBlocks()))
                .isEqualTo(BlockSamples.GOLDENS.get("boundary_crc").asLong());
    }

    @ParameterizedTest
    @MethodSource("mx")
    void microscalingFollowsTheSpecification(JsonNode golden) {
        BlockFormat format = BlockFormat.parse(golden.get("name").asText());
        float[] inputs = mxInputs();
        List<byte[]> planes = format.encode(inputs);
        assertThat(HexFormat.of().formatHex(planes.get(1)))
                .isEqualTo(golden.get("scales").asText());
        assertThat(BlockSamples.partCrcs(planes.get(0), inputs.length / 32, 20))
                .isEqualTo(BlockSamples.longs(golden.get("codes_crc")));
        assertThat(BlockSamples.crc(format.decode(planes, inputs.length)))
                .isEqualTo(golden.get("decoded_crc").asLong());
    }

    @ParameterizedTest
    @MethodSource("nv")
    void nvfp4FollowsItsVariants(JsonNode golden) {
        NvFp4Format format = (NvFp4Format) BlockFormat.parse(golden.get("name").asText());
        float[] inputs = BlockSamples.inputs();
        List<byte[]> planes = format.encode(inputs);
        assertThat(BlockSamples.crc(planes.get(1))).isEqualTo(golden.get("scales_crc").asLong());
        assertThat(BlockSamples.partCrcs(planes.get(0), inputs.length / 16, 20))
                .isEqualTo(BlockSamples.longs(golden.get("codes_crc")));
        assertThat(BlockSamples.crc(format.decode(planes, inputs.length)))
                .isEqualTo(golden.get("decoded_crc").asLong());
    }

    /** The bytes of the four rules around the largest values, as torchao and ggml compute them. */
    @ParameterizedTest
    @CsvSource({
        "6, 127, 127, 128, 127",
        "7, 127, 128, 128, 128",
        "7.9, 127, 128, 128, 128",
        "8, 128, 128, 128, 128"
    })
    void scaleRulesPartForFp4(float absmax, int floor, int even, int ceil, int rceil) {
        assertThat(scales(MxElement.E2M1, absmax)).containsExactly(floor, even, ceil, rceil);
    }

    @ParameterizedTest
    @CsvSource({"448, 127, 127, 128, 127", "449, 127, 127, 128, 128", "500, 127, 128, 128, 128"})
    void scaleRulesPartForE4M3(float absmax, int floor, int even, int ceil, int rceil) {
        assertThat(scales(MxElement.E4M3, absmax)).containsExactly(floor, even, ceil, rceil);
    }

    private static int[] scales(MxElement element, float absmax) {
        float[] values = new float[32];
        values[9] = -absmax;
        int[] scales = new int[MxScaleRule.values().length];
        for (MxScaleRule rule : MxScaleRule.values()) {
            byte[] plane = new MxFormat(element, rule).encode(values).get(1);
            scales[rule.ordinal()] = plane[0] & 0xff;
        }
        return scales;
    }

    @ParameterizedTest
    @CsvSource({
        "mxfp4-floor, 255",
        "mxfp8-e5m2-even, 255",
        "mxint8-rceil, 255",
        "nvfp4-torchao-tensor, 127",
        "nvfp4-modelopt, 127",
        "nvfp4-compressed_tensors-tensor, 127"
    })
    void blockWithoutFiniteValuesIsNaNAndItsNeighboursAreNot(String name, int scale) {
        BlockFormat format = BlockFormat.parse(name);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] values = new float[3 * format.blockSize()];
            Arrays.fill(values, 1);
            values[format.blockSize()] = bad;
            List<byte[]> planes = format.encode(values);
            assertThat(planes.get(1)[1] & 0xff).isEqualTo(scale);
            float[] decoded = format.decode(planes, values.length);
            for (int i = 0; i < values.length; i++) {
                if (i / format.blockSize() == 1) {
                    assertThat(decoded[i]).isNaN();
                } else {
                    assertThat(decoded[i]).isBetween(0.9f, 1.1f);
                }
            }
        }
    }

    @Test
    void everyMxInt8CodeDecodesToItsSixtyFourth() {
        MxFormat format = new MxFormat(MxElement.INT8, MxScaleRule.FLOOR);
        byte[] codes = new byte[256];
        byte[] scales = new byte[8];
        Arrays.fill(scales, (byte) 127);
        for (int i = 0; i < 256; i++) {
            codes[i] = (byte) i;
        }
        float[] decoded = format.decode(List.of(codes, scales), 256);
        for (int i = 0; i < 256; i++) {
            assertThat(decoded[i]).isEqualTo((byte) i / 64f);
        }
    }
}
