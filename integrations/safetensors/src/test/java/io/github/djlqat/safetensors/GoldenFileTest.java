package io.github.djlqat.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the reference implementation wrote; see {@code make_golden.py} beside them. */
class GoldenFileTest {

    static Path golden(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(GoldenFileTest.class.getResource("/golden/" + name))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyTypeOfNumpyIsRead() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(golden("numpy.safetensors"))) {
            assertThat(file.names()).hasSize(16).contains("größe\uD83D\uDE00");
            assertThat(file.metadata()).isEqualTo(Map.of("writer", "numpy \"é\"\n"));
            assertThat(file.info("f64").shape()).isEqualTo(new Shape(2, 3));
            assertThat(file.info("f64").dtype()).isEqualTo(Dtype.F64);
            assertThat(file.info("scalar").shape()).isEqualTo(new Shape());
            assertThat(file.info("empty").shape()).isEqualTo(new Shape(0, 3));
            assertThat(file.floats("f64"))
                    .containsExactly(
                            1.5f, -2.25f, Float.POSITIVE_INFINITY, 0.1f, (float) Math.PI, -0f);
            assertThat(file.floats("f32"))
                    .containsExactly(0.1f, -1f, Float.POSITIVE_INFINITY, 3.4e38f);
            assertThat(file.floats("f16")).containsExactly(0x1.998p-4f, 65504f, 0x1p-24f);
            assertThat(file.floats("i8")).containsExactly(-128, 0, 127);
            assertThat(file.floats("u8")).containsExactly(0, 128, 255);
            assertThat(file.floats("i16")).containsExactly(-32768, 32767);
            assertThat(file.floats("u16")).containsExactly(0, 65535);
            assertThat(file.floats("i32")).containsExactly(-0x1p31f, 16777216);
            assertThat(file.floats("u32")).containsExactly(0x1p32f, 7);
            assertThat(file.floats("i64")).containsExactly(-0x1p63f, 0x1p53f);
            assertThat(file.floats("u64")).containsExactly(0x1p64f, Math.nextUp(0x1p63f));
            assertThat(file.floats("bool")).containsExactly(1, 0, 1);
            assertThat(file.floats("scalar")).containsExactly(42);
            assertThat(file.floats("empty")).isEmpty();
            assertThat(file.bytes("i64").order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(file.bytes("i64").isReadOnly()).isTrue();
            assertThat(file.bytes("i64").getLong(8)).isEqualTo((1L << 53) + 1);
        }
    }

    @Test
    void lowPrecisionOfTorchIsReadAsTorchWidensIt() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(golden("torch.safetensors"))) {
            assertThat(file.floats("e4m3")).isEqualTo(file.floats("e4m3.as_f32"));
            assertThat(file.floats("e5m2")).isEqualTo(file.floats("e5m2.as_f32"));
            float[] values = file.floats("values");
            assertThat(Elements.fromFloats(Dtype.F16, values)).isEqualTo(file.bytes("values.f16"));
            assertThat(Elements.fromFloats(Dtype.BF16, values))
                    .isEqualTo(file.bytes("values.bf16"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"numpy.safetensors", "torch.safetensors"})
    void theWriterGivesTheBytesOfTheReference(String name, @TempDir Path folder)
            throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(golden(name))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            file.metadata().forEach(writer::metadata);
            for (String tensor : file.names().stream().sorted().toList()) {
                TensorInfo info = file.info(tensor);
                writer.put(tensor, info.dtype(), info.shape(), file.bytes(tensor));
            }
            writer.write(copy);
        }
        assertThat(copy).hasSameBinaryContentAs(golden(name));
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(copy);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "numpy, f64, FLOAT64", "numpy, f32, FLOAT32", "numpy, f16, FLOAT16", "numpy, i8, INT8",
                "numpy, u8, UINT8",
        "numpy, i32, INT32", "numpy, i64, INT64", "numpy, bool, BOOLEAN", "numpy, scalar, FLOAT32",
                "numpy, empty, FLOAT32",
        "torch, values.bf16, FLOAT32"
    })
    void typesOfTheEngineBecomeArrays(String golden, String name, DataType type)
            throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(golden(golden + ".safetensors"));
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = file.toNDArray(manager, name);
            assertThat(array.getDataType()).isEqualTo(type);
            assertThat(array.getShape()).isEqualTo(file.info(name).shape());
            NDArray floats = array.toType(DataType.FLOAT32, true);
            assertThat(floats.toFloatArray()).isEqualTo(file.floats(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "numpy, i16, I16",
        "numpy, u16, U16",
        "numpy, u32, U32",
        "numpy, u64, U64",
        "torch, e4m3, F8_E4M3",
        "torch, e5m2, F8_E5M2"
    })
    void otherTypesAreRefusedBeforeTheEngineSeesThem(String golden, String name, String type)
            throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(golden(golden + ".safetensors"));
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertThatThrownBy(() -> file.toNDArray(manager, name))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContainingAll("\"" + name + "\"", type, "BF16 (as FLOAT32)");
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheNamesThatThereAre() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(golden("torch.safetensors"))) {
            assertThatThrownBy(() -> file.floats("valves"))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContainingAll("valves", "values.f16");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 20, 64, 1000})
    void windowsOfAnySizeShowTheSameBytes(long maxWindow) throws IOException {
        try (SafetensorsFile whole = SafetensorsFile.open(golden("numpy.safetensors"));
                SafetensorsFile cut =
                        SafetensorsFile.open(golden("numpy.safetensors"), maxWindow)) {
            assertThat(whole.windows()).isEqualTo(1);
            assertThat(cut.windows()).isBetween(maxWindow == 1000 ? 1 : 0, 16);
            for (String name : whole.names()) {
                int size = (int) whole.info(name).byteSize();
                assertThat(cut.bytes(name)).isEqualTo(whole.bytes(name));
                assertThat(cut.bytes(name, size / 2, size - size / 2))
                        .isEqualTo(whole.bytes(name).slice(size / 2, size - size / 2));
            }
            assertThatThrownBy(() -> whole.bytes("f32", 12, 8))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
