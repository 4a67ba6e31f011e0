package io.github.djlqat.samples.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.samples.common.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Cifar10Test {

    @TempDir Path folder;

    /** A record whose pixel at (channel, row, column) is a formula of all of them. */
    private static byte[] records(int first, int count) {
        byte[] bytes = new byte[count * 3073];
        for (int n = 0; n < count; n++) {
            bytes[n * 3073] = (byte) ((first + n) % 10);
            for (int c = 0; c < 3; c++) {
                for (int h = 0; h < 32; h++) {
                    for (int w = 0; w < 32; w++) {
                        bytes[n * 3073 + 1 + c * 1024 + h * 32 + w] =
                                (byte) value(first + n, c, h, w);
                    }
                }
            }
        }
        return bytes;
    }

    private static int value(int n, int c, int h, int w) {
        return (n * 97 + c * 61 + h * 7 + w * 3) & 0xFF;
    }

    @Test
    void readsShortFilesInTheOrderOfTheirNames() throws IOException {
        Files.write(folder.resolve("data_batch_2.bin"), records(3, 2));
        Files.write(folder.resolve("data_batch_1.bin"), records(0, 3));
        Files.write(folder.resolve("test_batch.bin"), records(7, 1));
        ImageSplit split = Cifar10.read(folder);
        assertThat(split.train().size()).isEqualTo(5);
        assertThat(split.test().size()).isEqualTo(1);
        assertThat(split.test().label(0)).isEqualTo(7);
        for (int n = 0; n < 5; n++) {
            assertThat(split.train().label(n)).isEqualTo(n);
            for (int c = 0; c < 3; c++) {
                assertThat(split.train().pixel(n, c, 31, 5)).isEqualTo(value(n, c, 31, 5));
                assertThat(split.train().pixel(n, c, 0, 30)).isEqualTo(value(n, c, 0, 30));
            }
        }
    }

    @Test
    void readsTheFolderThatTheArchiveUnpacksTo() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        Files.write(inner.resolve("data_batch_1.bin"), records(0, 1));
        assertThat(Cifar10.isPresent(folder)).isFalse();
        Files.write(inner.resolve("test_batch.bin"), records(1, 1));
        assertThat(Cifar10.isPresent(folder)).isTrue();
        assertThat(Cifar10.read(folder).train().size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3072, 3074, 6145})
    void refusesFilesThatAreNoWholeNumberOfRecords(int size) throws IOException {
        Path file = Files.write(folder.resolve("test_batch.bin"), new byte[size]);
        assertThatThrownBy(() -> Cifar10.readFile(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(size + " bytes")
                .hasMessageContaining("3073");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 128, 255})
    void refusesALabelBeyondNineAndNamesItsRecord(int label) throws IOException {
        byte[] bytes = records(0, 3);
        bytes[2 * 3073] = (byte) label;
        Path file = Files.write(folder.resolve("data_batch_1.bin"), bytes);
        assertThatThrownBy(() -> Cifar10.readFile(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "record 2 (byte 6146): label " + label + "; labels are 0 to 9");
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> Cifar10.read(folder.resolve("nowhere")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("data_batch*.bin");
        Files.write(folder.resolve("data_batch_1.bin"), records(0, 1));
        assertThatThrownBy(() -> Cifar10.read(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("test_batch.bin");
    }

    @Test
    void readsTheRealTestImages() throws IOException {
        ImageSet test = Cifar10.readTest(TestData.require("cifar10"));
        assertThat(test.size()).isGreaterThanOrEqualTo(1000);
        // a cat, two ships and an aeroplane open the official test set
        assertThat(new int[] {test.label(0), test.label(1), test.label(2), test.label(3)})
                .containsExactly(3, 8, 8, 0);
    }
}
