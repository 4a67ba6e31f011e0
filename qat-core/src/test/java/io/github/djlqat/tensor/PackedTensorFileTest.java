package io.github.djlqat.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.Symmetry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackedTensorFileTest {

    @TempDir Path folder;

    static List<PackedTensor> tensors() {
        return PackedTensors.all();
    }

    private static byte[] bytes(PackedTensor tensor) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        tensor.write(stream);
        return stream.toByteArray();
    }

    private static byte[] small() throws IOException {
        return bytes(
                PackedTensor.encode(
                        new float[] {1, -2, 3}, new Shape(3), BlockFormat.parse("nf4-64-dq")));
    }

    private static byte[] file(String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(12 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("DJLQAT-T".getBytes(StandardCharsets.US_ASCII))
                .putInt(json.length)
                .put(json)
                .array();
    }

    private static PackedTensor read(byte[] bytes) throws IOException {
        return PackedTensor.read(new ByteArrayInputStream(bytes));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void whatWasSavedIsLoaded(PackedTensor tensor) throws IOException {
        Path path = folder.resolve("tensor");
        tensor.save(path);
        PackedTensor loaded = PackedTensor.load(path);
        assertThat(loaded).isEqualTo(tensor);
        assertThat(loaded.dequantize()).isEqualTo(tensor.dequantize());
        assertThat(Files.size(path)).isLessThan(tensor.size() + 1000);
    }

    @ParameterizedTest
    @MethodSource("conventions")
    void everyConventionIsInTheHeader(String name) throws IOException {
        QuantizationScheme scheme =
                new QuantizationScheme(
                        IntegerFormat.INT4,
                        Symmetry.SYMMETRIC,
                        new Granularity.PerBlock(2, 3),
                        Conventions.named(name));
        QuantizationParameters parameters =
                new QuantizationParameters(scheme, new float[] {2, 3}, new int[] {0, 0});
        PackedTensor tensor =
                PackedTensor.of(new QuantizedTensor(new Shape(2, 6), new byte[12], parameters));
        assertThat(read(bytes(tensor))).isEqualTo(tensor);
    }

    static List<String> conventions() {
        return Conventions.names();
    }

    @Test
    void oneStreamHoldsSeveral() throws IOException {
        byte[] one = small();
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        ByteArrayInputStream stream = new ByteArrayInputStream(two);
        assertThat(PackedTensor.read(stream)).isEqualTo(PackedTensor.read(stream));
        Path path = folder.resolve("two");
        Files.write(path, two);
        assertThatIOException()
                .isThrownBy(() -> PackedTensor.load(path))
                .withMessageContaining("two: there are bytes behind the tensor's end.");
    }

    @Test
    void cutOffAnywhereIsAnError() throws IOException {
        byte[] whole = small();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatIOException().isThrownBy(() -> read(part));
        }
    }

    /** Nothing but an IOException, and none that stays unnoticed outside the header's notation. */
    @Test
    void anyChangedByteIsAnErrorOrMeansTheSame() throws IOException {
        byte[] whole = small();
        PackedTensor tensor = read(whole);
        Random random = new Random(1);
        for (int i = 0; i < 20 * whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i % whole.length] ^= (byte) (1 + random.nextInt(255));
            try {
                Object[] planes = read(changed).planes().toArray();
                assertThat(Arrays.deepEquals(planes, tensor.planes().toArray())).isTrue();
            } catch (IOException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | Missing",
                "[] | no object",
                "null | no object",
                "{\"format\":{\"blocks\":\"nf5\"},\"shape\":[3],\"crc32\":0} | not a block format",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"shape\":[-1],\"crc32\":0} | not fully known",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"shape\":[9223372036854775807,9],\"crc32\":0} |"
                        + " more than",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"shape\":[0,65536,65536],\"crc32\":0} | more than",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"shape\":[2147483647],\"crc32\":0} | ends after 0",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"shape\":[1.5],\"crc32\":0} | header",
                "{\"format\":{\"blocks\":\"nf4-64\"},\"crc32\":0} | shape",
                "{\"format\":{\"blocks\":\"nf4-64\",\"x\":1},\"shape\":[3],\"crc32\":0} | fields",
                "{\"format\":{\"blocks\":\"ggml-q4_0\"},\"shape\":[33],\"crc32\":0} | multiple of",
                "{\"format\":{\"elements\":\"float16\",\"granularity\":{\"kind\":\"PerChannel\","
                        + "\"axis\":0}},\"shape\":[2147483647,0],\"crc32\":0} | would take",
                "{\"format\":{\"elements\":\"float16\",\"granularity\":{\"kind\":\"PerChannel\","
                        + "\"axis\":-1}},\"shape\":[2],\"crc32\":0} | at least 0",
                "{\"format\":{\"elements\":\"float16\",\"granularity\":{\"kind\":\"Runtime\"}},"
                        + "\"shape\":[2],\"crc32\":0} | header",
                "{\"format\":{\"elements\":\"int4\",\"granularity\":{\"kind\":\"PerTensor\"}},"
                        + "\"shape\":[2],\"crc32\":0} | zero points",
                "{\"format\":{\"elements\":{\"name\":\"t\",\"values\":[1],\"tieBreak\":"
                        + "\"LOWER_VALUE\"},\"granularity\":{\"kind\":\"PerTensor\"}},\"shape\":[2],"
                        + "\"crc32\":0} | 2 to 256",
                "{\"format\":3,\"shape\":[2],\"crc32\":0} | fields"
            })
    void hostileHeadersAreErrors(String header, String message) {
        assertThatIOException().isThrownBy(() -> read(file(header))).withMessageContaining(message);
    }

    @Test
    void hostileLengthsAreErrors() {
        byte[] huge = file("{}");
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
        assertThatIOException()
                .isThrownBy(() -> read(huge))
                .withMessageContaining("the length of the header is 4294967295");
        String deep = "[".repeat(100_000);
        assertThatIOException().isThrownBy(() -> read(file(deep)));
        assertThatIOException()
                .isThrownBy(() -> PackedTensor.load(folder.resolve("missing")))
                .withMessageContaining("missing");
    }
}
