package io.github.djlqat.extension.criteria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that NumPy wrote; see {@code make_arrays.py} beside them. */
class NumpyFilesTest {

    @TempDir Path folder;

    private static Path file(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(NumpyFilesTest.class.getResource("/numpy/" + name))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "float32, FLOAT32, -3",
        "int32, INT32, -3",
        "int64, INT64, -3",
        "int8, INT8, -3",
        "uint8, UINT8, 250"
    })
    void numbersAreReadAsTheyWereWritten(String name, DataType type, int first) throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = NumpyFiles.read(file(name + ".npy"), manager).singletonOrThrow();

            assertThat(array.getDataType()).isEqualTo(type);
            assertThat(array.getShape()).isEqualTo(new Shape(2, 2, 3));
            Number[] values = array.toType(DataType.INT32, true).toArray();
            assertThat(Arrays.stream(values).map(Number::intValue).toList())
                    .isEqualTo(
                            IntStream.range(0, 12)
                                    .map(
                                            i ->
                                                    type == DataType.UINT8
                                                            ? (i + first) % 256
                                                            : i + first)
                                    .boxed()
                                    .toList());
        }
    }

    @Test
    void truthScalarsVectorsAndArchivesAreRead() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            boolean[] expected = new boolean[12];
            Arrays.fill(expected, true);
            expected[3] = false;
            assertThat(NumpyFiles.read(file("bool.npy"), manager).get(0).toBooleanArray())
                    .isEqualTo(expected);
            assertThat(NumpyFiles.read(file("scalar.npy"), manager).get(0).getFloat())
                    .isEqualTo(1.5f);
            assertThat(NumpyFiles.read(file("vector.npy"), manager).get(0).toFloatArray())
                    .containsExactly(1.5f, -2.5f);
            NDList two = NumpyFiles.read(file("two.npz"), manager);
            assertThat(two.get(0).toFloatArray()).containsExactly(1, 2);
            assertThat(two.get(1).toLongArray()).containsExactly(3, 4);
            assertThat(NumpyFiles.read(file("compressed.npz"), manager).get(0).toFloatArray())
                    .containsExactly(1, 2);
        }
    }

    /** The bytes are in another order, and so are the elements. */
    @ParameterizedTest
    @ValueSource(strings = {"big_endian", "fortran"})
    void ordersAreThoseOfTheEngine(String name) throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = NumpyFiles.read(file(name + ".npy"), manager).singletonOrThrow();
            assertThat(array.getShape()).isEqualTo(new Shape(2, 2, 3));
            assertThat(array.toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        }
    }

    @ParameterizedTest
    @CsvSource({"float64, type f8", "float16, type f2", "int16, type i2"})
    void otherTypesAreRefused(String name, String problem) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            assertThatThrownBy(() -> NumpyFiles.read(file(name + ".npy"), manager))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(problem)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void damagedFilesAreRefusedOrRead() throws IOException {
        Random random = new Random(5);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (String name : new String[] {"float32.npy", "two.npz", "compressed.npz"}) {
                byte[] whole = Files.readAllBytes(file(name));
                for (int i = 0; i < 60; i++) {
                    byte[] damaged =
                            i < whole.length && i % 2 == 0
                                    ? Arrays.copyOf(whole, random.nextInt(whole.length))
                                    : whole.clone();
                    if (damaged.length == whole.length) {
                        damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                    }
                    Path file = Files.write(folder.resolve(name), damaged);
                    try (NDManager scope = manager.newSubManager()) {
                        NumpyFiles.read(file, scope);
                    } catch (IOException e) {
                        assertThat(e).hasMessageContaining(name);
                    }
                }
            }
        }
    }

    @Test
    void aShapeThatLiesTakesNoMemory() throws IOException {
        byte[] bytes = Files.readAllBytes(file("float32.npy"));
        String header = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (String shape :
                new String[] {"(500000000,)", "(9999999999,)", "(4611686018427387904, 8)"}) {
            String lie =
                    header.replace("(2, 2, 3), }" + " ".repeat(shape.length() - 9), shape + ", }");
            Path file =
                    Files.write(
                            folder.resolve("lie.npy"),
                            lie.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                assertThatThrownBy(() -> NumpyFiles.read(file, manager))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("lie.npy");
            }
        }
    }
}
