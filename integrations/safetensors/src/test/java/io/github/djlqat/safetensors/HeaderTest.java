package io.github.djlqat.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {

    private static final String U8 = "\"dtype\":\"U8\"";

    @TempDir Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("x.safetensors"), bytes);
    }

    private Path write(long length, byte[] header, int data) throws IOException {
        return write(
                ByteBuffer.allocate(8 + header.length + data)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .put(header)
                        .array());
    }

    private Path write(String header, int data) throws IOException {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return write(bytes.length, bytes, data);
    }

    private static void refused(Path path, String... messages) {
        assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(path.toString())
                .hasMessageContainingAll(messages);
    }

    private static String tensor(String name, String shape, String offsets) {
        return "\""
                + name
                + "\":{"
                + U8
                + ",\"shape\":"
                + shape
                + ",\"data_offsets\":"
                + offsets
                + "}";
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("", 0, "must start with '{'"),
                Arguments.of(" {}", 0, "must start with '{'"),
                Arguments.of("[]", 0, "must start with '{'"),
                Arguments.of("\uFEFF{}", 0, "must start with '{'"),
                Arguments.of("{", 0, "not UTF-8 JSON"),
                Arguments.of("{} x", 0, "not UTF-8 JSON"),
                Arguments.of("{}{}", 0, "followed by more than whitespace"),
                Arguments.of("{} 1", 0, "followed by more than whitespace"),
                Arguments.of("{\"a\":1}", 0, "VALUE_NUMBER_INT where START_OBJECT is due"),
                Arguments.of("{\"a\":{}}", 0, "lacks one of"),
                Arguments.of("{\"a\":{" + U8 + ",\"shape\":[1]}}", 1, "lacks one of"),
                Arguments.of(
                        "{" + tensor("a", "[1]", "[0,1]") + "," + tensor("a", "[1]", "[1,2]") + "}",
                        2,
                        "Duplicate field 'a'"),
                Arguments.of(
                        "{"
                                + tensor("a", "[1]", "[0,1]")
                                + ","
                                + tensor("\\u0061", "[1]", "[1,2]")
                                + "}",
                        2,
                        "Duplicate"),
                Arguments.of(
                        "{\"a\":{" + U8 + "," + U8 + ",\"shape\":[1],\"data_offsets\":[0,1]}}",
                        1,
                        "Duplicate"),
                Arguments.of("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "Duplicate"),
                Arguments.of("{\"__metadata__\":{\"k\":1}}", 0, "VALUE_STRING is due"),
                Arguments.of("{\"__metadata__\":{\"k\":{}}}", 0, "VALUE_STRING is due"),
                Arguments.of("{\"__metadata__\":[]}", 0, "START_OBJECT is due"),
                Arguments.of(
                        "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                        1,
                        "\"F33\""),
                Arguments.of(
                        "{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}",
                        1,
                        "VALUE_STRING is due"),
                Arguments.of(
                        "{\"a\":{" + U8 + ",\"x\":0,\"shape\":[1],\"data_offsets\":[0,1]}}",
                        1,
                        "unknown field \"x\""),
                Arguments.of("{" + tensor("a", "1", "[0,1]") + "}", 1, "START_ARRAY is due"),
                Arguments.of("{" + tensor("a", "[-1]", "[0,1]") + "}", 1, "shape holds -1"),
                Arguments.of("{" + tensor("a", "[-1,-1]", "[0,1]") + "}", 1, "shape holds -1"),
                Arguments.of(
                        "{" + tensor("a", "[1.0]", "[0,1]") + "}", 1, "VALUE_NUMBER_INT is due"),
                Arguments.of(
                        "{" + tensor("a", "[1e0]", "[0,1]") + "}", 1, "VALUE_NUMBER_INT is due"),
                Arguments.of(
                        "{" + tensor("a", "[\"1\"]", "[0,1]") + "}", 1, "VALUE_NUMBER_INT is due"),
                Arguments.of("{" + tensor("a", "[[1]]", "[0,1]") + "}", 1, "nesting depth"),
                Arguments.of(
                        "{" + tensor("a", "[9223372036854775808]", "[0,1]") + "}",
                        1,
                        "not UTF-8 JSON"),
                Arguments.of(
                        "{" + tensor("a", "[4294967296,4294967296]", "[0,1]") + "}",
                        1,
                        "no legal size"),
                Arguments.of(
                        "{" + tensor("a", "[4294967296,4294967297]", "[0,4294967296]") + "}",
                        1,
                        "no legal size"),
                Arguments.of(
                        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]}}",
                        0,
                        "no legal size"),
                Arguments.of(
                        "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}",
                        1,
                        "no legal size"),
                Arguments.of(
                        "{" + tensor("a", "[2]", "[0,1]") + "}",
                        1,
                        "hold 1 bytes, but shape (2) of U8 takes 2"),
                Arguments.of("{" + tensor("a", "[]", "[0,2]") + "}", 2, "hold 2 bytes"),
                Arguments.of("{" + tensor("a", "[1]", "[1,0]") + "}", 1, "ascending"),
                Arguments.of("{" + tensor("a", "[1]", "[-1,0]") + "}", 1, "data_offsets holds -1"),
                Arguments.of("{" + tensor("a", "[1]", "[0]") + "}", 1, "has 1 numbers"),
                Arguments.of("{" + tensor("a", "[1]", "[0,1,2]") + "}", 1, "has 3 numbers"),
                Arguments.of("{" + tensor("a", "[1]", "[1,2]") + "}", 2, "leaves a hole"),
                Arguments.of(
                        "{" + tensor("a", "[1]", "[0,1]") + "," + tensor("b", "[1]", "[2,3]") + "}",
                        3,
                        "leaves a hole"),
                Arguments.of(
                        "{" + tensor("a", "[2]", "[0,2]") + "," + tensor("b", "[2]", "[1,3]") + "}",
                        3,
                        "overlaps"),
                Arguments.of(
                        "{" + tensor("a", "[2]", "[0,2]") + "," + tensor("b", "[2]", "[0,2]") + "}",
                        2,
                        "overlaps"),
                Arguments.of("{" + tensor("a", "[2]", "[0,2]") + "}", 1, "truncated"),
                Arguments.of("{" + tensor("a", "[2]", "[0,2]") + "}", 3, "too long"),
                Arguments.of("{}", 1, "too long"),
                Arguments.of("{" + tensor("\\ud800", "[1]", "[0,1]") + "}", 1, "surrogate"),
                Arguments.of(
                        "{\"a\":" + "[".repeat(50_000) + "}", 0, "START_ARRAY where START_OBJECT"),
                Arguments.of("{\"a\":" + "{\"a\":".repeat(50_000) + "}", 0, "unknown field"),
                Arguments.of("{\"a\":{\"shape\":" + "[".repeat(50_000) + "}", 0, "nesting depth"));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void aHeaderThatBreaksTheFormatIsRefused(String header, int data, String message)
            throws IOException {
        refused(write(header, data), message);
    }

    @Test
    void aLengthThatDoesNotFitIsRefused() throws IOException {
        refused(write(new byte[0]), "has 0 bytes");
        refused(write(new byte[7]), "has 7 bytes");
        refused(write(3, new byte[] {'{', '}'}, 0), "truncated");
        refused(write(100_000_001, new byte[] {'{', '}'}, 0), "100000001");
        refused(write(100_000_000, new byte[] {'{', '}'}, 0), "truncated");
        refused(write(-1, new byte[] {'{', '}'}, 0), "18446744073709551615");
        refused(write(Long.MIN_VALUE, new byte[] {'{', '}'}, 0), "9223372036854775808");
    }

    @Test
    void malformedUtf8IsRefused() throws IOException {
        byte[] header = ("{" + tensor("a?", "[1]", "[0,1]") + "}").getBytes(StandardCharsets.UTF_8);
        header[3] = (byte) 0xff;
        refused(write(header.length, header, 1), "not UTF-8 JSON");
        // A surrogate in the three-byte form, and a slash in the overlong two-byte form.
        for (byte[] bad :
                new byte[][] {
                    {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xc0, (byte) 0xaf}
                }) {
            byte[] start = "{\"".getBytes(StandardCharsets.UTF_8);
            byte[] rest =
                    tensor("", "[1]", "[0,1]")
                            .substring(1)
                            .concat("}")
                            .getBytes(StandardCharsets.UTF_8);
            byte[] all =
                    ByteBuffer.allocate(start.length + bad.length + rest.length)
                            .put(start)
                            .put(bad)
                            .put(rest)
                            .array();
            refused(write(all.length, all, 1), "not UTF-8 JSON");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{}      ",
                "{\"__metadata__\":{}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[0,9223372036854775807,2],\"data_offsets\":[0,0]}}",
                "{\"\":{\"dtype\":\"U64\",\"shape\":[0],\"data_offsets\":[0,0]}}"
            })
    void unusualButLegalHeadersAreRead(String header) throws IOException {
        assertThatCode(() -> SafetensorsFile.open(write(header, 0)).close())
                .doesNotThrowAnyException();
    }

    @Test
    void tensorsMayStandInAnyOrderInTheHeader() throws IOException {
        Path path =
                write(
                        "{"
                                + tensor("b", "[2]", "[1,3]")
                                + ","
                                + tensor("a", "[]", "[0,1]")
                                + ","
                                + tensor("e", "[0]", "[1,1]")
                                + "}",
                        3);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("a", "e", "b");
            assertThat(file.bytes("b", 1, 1).get()).isZero();
        }
    }

    @Test
    void aByteThatIsNoBooleanIsRefusedWhenRead() throws IOException {
        byte[] header =
                "{\"b\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}"
                        .getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Files.readAllBytes(write(header.length, header, 2));
        bytes[bytes.length - 1] = 2;
        try (SafetensorsFile file = SafetensorsFile.open(write(bytes))) {
            assertThatThrownBy(() -> file.floats("b"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining("element 1 is the byte 2");
        }
    }

    @Test
    void filesAndTensorsBeyondTwoGibibytesAreRead() throws IOException {
        long huge = (1L << 31) + 16;
        long large = (1L << 31) - 16;
        long end = huge + large + 4;
        String header =
                "{"
                        + tensor("huge", "[" + huge + "]", "[0," + huge + "]")
                        + ","
                        + tensor(
                                "large", "[" + large + "]", "[" + huge + "," + (huge + large) + "]")
                        + ","
                        + tensor("last", "[4]", "[" + (huge + large) + "," + end + "]")
                        + "}";
        Path path = write(header, 0);
        long dataStart = Files.size(path);
        // A sparse file: only the bytes that are written take space.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {5}), dataStart + huge - 1);
            channel.write(ByteBuffer.wrap(new byte[] {6}), dataStart + huge + large - 1);
            channel.write(ByteBuffer.wrap(new byte[] {7, 8, 9, 10}), dataStart + huge + large);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.windows()).isEqualTo(1);
            assertThat(file.bytes("huge", huge - 2, 2))
                    .isEqualTo(ByteBuffer.wrap(new byte[] {0, 5}));
            assertThat(file.bytes("large").get((int) large - 1)).isEqualTo((byte) 6);
            assertThat(file.floats("last")).containsExactly(7, 8, 9, 10);
            assertThatThrownBy(() -> file.bytes("huge"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContainingAll(
                            "\"huge\" takes 2147483664", "bytes(name, offset, length)");
            assertThatThrownBy(() -> file.floats("huge")).isInstanceOf(SafetensorsException.class);
        }
    }

    @Test
    void whatIsNoFileIsAnIoException() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> SafetensorsFile.open(folder)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aDamagedFileIsReadOrRefusedAndNothingElse(long seed) throws IOException {
        byte[] whole = Files.readAllBytes(GoldenFileTest.golden("numpy.safetensors"));
        int headerEnd = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] bytes = whole.clone();
            int flips = random.nextInt(1, 4);
            for (int f = 0; f < flips; f++) {
                int at =
                        random.nextInt(10) == 0
                                ? random.nextInt(8)
                                : random.nextInt(headerEnd + 16);
                bytes[at] =
                        random.nextBoolean()
                                ? (byte) (bytes[at] ^ 1 << random.nextInt(8))
                                : (byte) random.nextInt(256);
            }
            if (random.nextInt(8) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 32));
            }
            try (SafetensorsFile file = SafetensorsFile.open(write(bytes))) {
                for (String name : file.names()) {
                    file.bytes(name);
                    file.floats(name);
                }
            } catch (SafetensorsException e) {
                refused++;
            }
        }
        // Most changes of a header break it; some, such as one of a letter in a name, do not.
        assertThat(refused).isBetween(250, 499);
    }
}
