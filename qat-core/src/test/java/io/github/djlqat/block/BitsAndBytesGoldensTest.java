package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what bitsandbytes itself computed. */
class BitsAndBytesGoldensTest {

    private static final JsonNode GOLDENS = goldens();

    private static JsonNode goldens() {
        try (InputStream stream =
                BitsAndBytesGoldensTest.class.getResourceAsStream("bitsandbytes.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> cases() {
        return StreamSupport.stream(GOLDENS.get("cases").spliterator(), false).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writesTheSameBytes(JsonNode golden) {
        BlockFormat format = BlockFormat.parse(golden.get("name").asText());
        float[] values = BlockSamples.stream(11, 1 << 17);
        List<byte[]> planes = format.encode(values);
        assertThat(BlockSamples.crc(planes.get(0))).isEqualTo(golden.get("codes_crc").asLong());
        assertThat(BlockSamples.crc(planes.get(1))).isEqualTo(golden.get("absmax_crc").asLong());
        assertThat(decodedCrc(format, planes, values.length))
                .isEqualTo(golden.get("decoded_crc").asLong());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writesTheSameBytesWithDoubleQuantization(JsonNode golden) {
        BlockFormat format = BlockFormat.parse(golden.get("name").asText() + "-dq");
        float[] values = BlockSamples.stream(11, 1 << 17);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.rint(values[i] * 64) / 64;
        }
        List<byte[]> planes = format.encode(values);
        float offset = ByteBuffer.wrap(planes.get(3)).order(ByteOrder.LITTLE_ENDIAN).getFloat();
        assertThat(offset).isEqualTo((float) golden.get("double_absmax_offset").asDouble());
        assertThat(BlockSamples.crc(planes.get(0)))
                .isEqualTo(golden.get("double_codes_crc").asLong());
        assertThat(BlockSamples.crc(planes.get(1)))
                .isEqualTo(golden.get("double_absmax_codes_crc").asLong());
        assertThat(BlockSamples.crc(planes.get(2)))
                .isEqualTo(golden.get("double_absmax_scales_crc").asLong());
        assertThat(decodedCrc(format, planes, values.length))
                .isEqualTo(golden.get("double_decoded_crc").asLong());
    }

    /** Of numbers, whose zeros have no sign: bitsandbytes' table of FP4 has a negative zero. */
    private static long decodedCrc(BlockFormat format, List<byte[]> planes, int count) {
        float[] decoded = format.decode(planes, count);
        for (int i = 0; i < decoded.length; i++) {
            decoded[i] += 0f;
        }
        return BlockSamples.crc(decoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nf4", "fp4"})
    void losesAsMuchOfNormalWeights(String name) {
        Random random = new Random(4);
        float[] weights = new float[1_000_000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        double expected = GOLDENS.get("normal_rmse").get(name).get(0).asDouble();
        double expectedCost = GOLDENS.get("normal_rmse").get(name).get(1).asDouble() / expected - 1;
        double plain = rootMeanSquareError(BlockFormat.parse(name + "-64"), weights);
        double twice = rootMeanSquareError(BlockFormat.parse(name + "-64-dq"), weights);
        assertThat(plain).isCloseTo(expected, within(0.005 * expected));
        assertThat(twice / plain - 1).isCloseTo(expectedCost, within(0.25 * expectedCost));
    }

    private static double rootMeanSquareError(BlockFormat format, float[] weights) {
        float[] decoded = format.decode(format.encode(weights), weights.length);
        double squares =
                IntStream.range(0, weights.length)
                        .mapToDouble(i -> (double) decoded[i] - weights[i])
                        .map(error -> error * error)
                        .sum();
        return Math.sqrt(squares / weights.length);
    }
}
