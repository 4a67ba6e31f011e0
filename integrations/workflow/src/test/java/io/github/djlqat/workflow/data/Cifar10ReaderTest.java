package io.github.djlqat.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of CIFAR-10's binary form, sound and not. */
class Cifar10ReaderTest {

    private static final int RECORD = 3073;

    @TempDir private Path folder;

    /** Records whose pixels are 1 in the red plane, 2 in the green and 3 in the blue one. */
    private static byte[] records(int... labels) {
        byte[] bytes = new byte[labels.length * RECORD];
        for (int i = 0; i < labels.length; i++) {
            bytes[i * RECORD] = (byte) labels[i];
            for (int j = 1; j < RECORD; j++) {
                bytes[i * RECORD + j] = (byte) ((j - 1) / 1024 + 1);
            }
        }
        return bytes;
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static long[] labels(Samples samples) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            int[] all = IntStream.range(0, samples.size()).toArray();
            return samples.requireLabels().batch(manager, all).toLongArray();
        }
    }

    private static float[] image(Samples samples, int index) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return samples.inputs().get(0).batch(manager, new int[] {index}).toFloatArray();
        }
    }

    private DataSource source(String split) {
        return DataSource.of(folder).withSplit(split);
    }

    @Test
    void batchesAreReadInTheirOrderAndEachChannelIsPrepared() throws Exception {
        write("data_batch_2.bin", records(3));
        write("data_batch_1.bin", records(0, 9));
        write("test_batch.bin", records(5));
        write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".getBytes());
        Preparation preparation =
                new Preparation(
                        1.0, List.of(1.0, 0.0, 1.0), List.of(1.0, 4.0, 2.0), List.of(), List.of());
        Samples train = SampleReaders.read(source("train").withPreparation(preparation));
        assertThat(labels(train)).containsExactly(0, 9, 3);
        assertThat(train.classes()).startsWith("a", "b").hasSize(10);
        assertThat(train.inputShapes()).containsExactly(new Shape(1, 3, 32, 32));
        float[] image = image(train, 2);
        assertThat(Arrays.copyOfRange(image, 0, 1024)).containsOnly(0);
        assertThat(Arrays.copyOfRange(image, 1024, 2048)).containsOnly(0.5f);
        assertThat(Arrays.copyOfRange(image, 2048, 3072)).containsOnly(1);
        assertThat(labels(SampleReaders.read(source("test")))).containsExactly(5);
        assertThat(labels(SampleReaders.read(source("train").withLimit(2)))).containsExactly(0, 9);
    }

    @Test
    void aSplitThatIsNotThereIsRefused() throws Exception {
        write("test_batch.bin", records(5));
        refuses(source("train"), "no files of the split train");
        refuses(source("validation"), "not validation");
        refuses(source(null), "holds the splits [train, test]; name one of them.");
    }

    @ParameterizedTest
    @CsvSource({"10, label 10", "128, label 128", "255, label 255"})
    void labelsOutsideOfTheRangeAreRefused(int label, String message) throws Exception {
        Path file = write("data_batch_1.bin", records(9, label));
        refuses(source("train"), message);
        refuses(source("train"), file + ", byte " + RECORD);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "3072", "3074", "6145"})
    void filesOfOtherSizesAreRefused(int length) throws Exception {
        Path file = write("data_batch_1.bin", Arrays.copyOf(records(1, 1), length));
        refuses(source("train"), file + " has " + length + " bytes");
    }

    /** The file is sparse; nothing of it is read. */
    @Test
    void filesThatNoArrayHoldsAreRefused() throws Exception {
        Path file = folder.resolve("huge.bin");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(700_000L * RECORD);
        }
        refuses(DataSource.of(file), "at most 2147483639");
    }

    @Test
    void labelsOfAnotherFileAreRefused() throws Exception {
        Path file = write("data_batch_1.bin", records(1));
        refuses(DataSource.of(file).withLabels(file), "has labels of its own");
    }

    private static void refuses(DataSource source, String message) {
        assertThatThrownBy(() -> SampleReaders.read(source))
                .isInstanceOfAny(IOException.class, IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void readsCifar10Itself() throws Exception {
        Path cifar = Path.of("..", "..", "..", "shared", "data", "cifar10");
        assumeThat(cifar).isDirectory();
        Samples test = SampleReaders.read(DataSource.of(cifar).withSplit("test"));
        long[] counts = new long[10];
        for (long label : labels(test)) {
            counts[(int) label]++;
        }
        assertThat(counts).doesNotContain(0);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(test.size());
        // The published means of the channels are 0.491, 0.482 and 0.447.
        double[] means = new double[3];
        for (int i = 0; i < Math.min(200, test.size()); i++) {
            float[] image = image(test, i);
            for (int j = 0; j < image.length; j++) {
                means[j / 1024] += image[j] / 1024 / Math.min(200, test.size());
            }
        }
        assertThat(means[0]).isBetween(0.44, 0.54);
        assertThat(means[1]).isBetween(0.43, 0.53);
        assertThat(means[2]).isBetween(0.40, 0.50);
    }
}
