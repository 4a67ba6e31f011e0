package io.github.djlqat.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT32", "FLOAT64", "FLOAT16", "UINT8", "INT8", "INT32", "INT64", "BOOLEAN"})
    void arraysComeBackAsTheyWere(DataType type) throws IOException {
        Path path = folder.resolve("a.safetensors");
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray values =
                    manager.create(new float[] {0, 1, 1, 0, 100, 27}, new Shape(2, 3))
                            .toType(type, true);
            NDArray transposed = values.transpose();
            new SafetensorsWriter()
                    .put("plain", values)
                    .put("transposed", transposed)
                    .put("scalar", values.get(0, 1))
                    .write(path);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.toNDArray(manager, "plain")).isEqualTo(values);
                assertThat(file.toNDArray(manager, "transposed")).isEqualTo(transposed);
                assertThat(file.info("transposed").shape()).isEqualTo(new Shape(3, 2));
                assertThat(file.toNDArray(manager, "scalar").getShape()).isEqualTo(new Shape());
            }
        }
    }

    @Test
    void anArrayOutlivesTheFileAndIsNotTheFile() throws IOException {
        Path path = folder.resolve("a.safetensors");
        new SafetensorsWriter().put("x", new Shape(2), new float[] {1, 2}).write(path);
        byte[] before = Files.readAllBytes(path);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array;
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                array = file.toNDArray(manager, "x");
            }
            array.addi(1);
            assertThat(array.toFloatArray()).containsExactly(2, 3);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void whatCannotBeStoredIsRefusedWhenItIsPut() {
        SafetensorsWriter writer =
                new SafetensorsWriter().metadata("k", "v").put("x", new Shape(1), new float[1]);
        Class<SafetensorsException> refusal = SafetensorsException.class;
        assertThatThrownBy(() -> writer.put("x", new Shape(1), new float[1]))
                .isInstanceOf(refusal)
                .hasMessageContaining("\"x\" already");
        assertThatThrownBy(() -> writer.metadata("k", "w"))
                .isInstanceOf(refusal)
                .hasMessageContaining("\"k\" already");
        assertThatThrownBy(() -> writer.put("__metadata__", new Shape(1), new float[1]))
                .isInstanceOf(refusal);
        assertThatThrownBy(() -> writer.put("\ud800", new Shape(1), new float[1]))
                .isInstanceOf(refusal)
                .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> writer.metadata("a", "\udc00"))
                .isInstanceOf(refusal)
                .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> writer.put("y", new Shape(2, 2), new float[3]))
                .isInstanceOf(refusal)
                .hasMessageContainingAll("(2, 2)", "16 bytes", "12 were given");
        assertThatThrownBy(() -> writer.put("y", new Shape(-1), new float[1]))
                .isInstanceOf(refusal)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> writer.put("y", Dtype.I32, new Shape(1), new float[1]))
                .isInstanceOf(refusal)
                .hasMessageContaining("I32");
        assertThatThrownBy(() -> writer.put("y", Dtype.F4, new Shape(3), ByteBuffer.allocate(2)))
                .isInstanceOf(refusal);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray sparse =
                    manager.createCoo(
                            FloatBuffer.wrap(new float[] {1}),
                            new long[][] {{0}, {1}},
                            new Shape(2, 2));
            assertThatThrownBy(() -> writer.put("s", sparse))
                    .isInstanceOf(refusal)
                    .hasMessageContaining("sparse");
        }
        assertThatThrownBy(() -> Dtype.of(DataType.BFLOAT16))
                .isInstanceOf(refusal)
                .hasMessageContaining("BFLOAT16");
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
        Path path = folder.resolve("a.safetensors");
        new SafetensorsWriter().put("x", new Shape(1), new float[] {1}).write(path);
        byte[] before = Files.readAllBytes(path);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray closed = manager.ones(new Shape(4));
            SafetensorsWriter writer =
                    new SafetensorsWriter().put("a", new Shape(1), new float[1]).put("b", closed);
            closed.close();
            assertThatThrownBy(() -> writer.write(path)).isInstanceOf(RuntimeException.class);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
        SafetensorsWriter writer = new SafetensorsWriter().put("a", new Shape(1), new float[1]);
        assertThatThrownBy(() -> writer.write(folder.resolve("none").resolve("a")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> writer.write(folder)).isInstanceOf(IOException.class);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(path);
        }
    }

    @Test
    void dataIsAlignedToItsElementsAndTheSameTensorsGiveTheSameBytes() throws IOException {
        Path path = folder.resolve("a.safetensors");
        Path other = folder.resolve("b.safetensors");
        writer("u", Dtype.U8, 3)
                .put("f", Dtype.F32, new Shape(1), new float[1])
                .put("d", Dtype.F64, new Shape(1), new float[1])
                .write(path);
        new SafetensorsWriter()
                .put("d", Dtype.F64, new Shape(1), new float[1])
                .put("u", Dtype.U8, new Shape(3), ByteBuffer.allocate(3))
                .put("f", Dtype.F32, new Shape(1), new float[1])
                .write(other);
        assertThat(other).hasSameBinaryContentAs(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("d", "f", "u");
        }
        assertThat((Files.size(path) - 8 - 4 - 3) % 8).isZero();
    }

    private static SafetensorsWriter writer(String name, Dtype dtype, int bytes) {
        return new SafetensorsWriter()
                .put(name, dtype, new Shape(bytes), ByteBuffer.allocate(bytes));
    }
}
