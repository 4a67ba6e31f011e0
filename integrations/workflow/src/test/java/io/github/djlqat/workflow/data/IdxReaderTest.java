package io.github.djlqat.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of MNIST's form, sound and not. */
class IdxReaderTest {

    private static final int BYTES = 0x0800;

    @TempDir private Path folder;

    /** An idx file, whose header may say something else than what follows. */
    private static byte[] idx(int magic, int[] sizes, int... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        for (int size : sizes) {
            out.writeInt(size);
        }
        for (int value : values) {
            out.write(value);
        }
        return bytes.toByteArray();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private void writeSet(String name, int first) throws IOException {
        int[] pixels = {first, 255, 51, 102, 1, 2, 3, 4};
        write(name + "-images-idx3-ubyte", idx(BYTES + 3, new int[] {2, 2, 2}, pixels));
        write(name + "-labels-idx1-ubyte", idx(BYTES + 1, new int[] {2}, 7, 255));
    }

    private static float[] batch(Column column, int... indices) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return column.batch(manager, indices).toFloatArray();
        }
    }

    private static long[] labels(Samples samples, int... indices) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return samples.requireLabels().batch(manager, indices).toLongArray();
        }
    }

    private DataSource source(String split) {
        return DataSource.of(folder).withSplit(split);
    }

    @Test
    void imagesAndLabelsAreReadAsTheyAreWritten() throws Exception {
        writeSet("train", 0);
        Samples samples = SampleReaders.read(source("train"));
        assertThat(samples.inputShapes()).containsExactly(new Shape(1, 1, 2, 2));
        assertThat(batch(samples.inputs().get(0), 1, 0))
                .containsExactly(1f / 255, 2f / 255, 3f / 255, 4f / 255, 0, 1, 0.2f, 0.4f);
        assertThat(labels(samples, 0, 1)).containsExactly(7, 255);
        Preparation prepared =
                new Preparation(1.0, List.of(1.0), List.of(2.0), List.of(), List.of(4L));
        Column row = SampleReaders.read(source("train").withPreparation(prepared)).inputs().get(0);
        assertThat(row.sampleShape()).isEqualTo(new Shape(4));
        assertThat(batch(row, 1)).containsExactly(0, 0.5f, 1, 1.5f);
    }

    @Test
    void compressedFilesAreReadToo() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(idx(BYTES + 3, new int[] {1, 1, 2}, 255, 0));
        }
        Path file = write("train-images-idx3-ubyte.gz", bytes.toByteArray());
        assertThat(batch(SampleReaders.read(DataSource.of(file)).inputs().get(0), 0))
                .containsExactly(1, 0);
        Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12));
        refuses(DataSource.of(file), file.getFileName().toString());
        write("train-images-idx3-ubyte.gz", idx(BYTES + 3, new int[] {1, 1, 1}, 5));
        refuses(DataSource.of(file), "gzip");
    }

    @Test
    void aSplitIsTheSetOfItsName() throws Exception {
        writeSet("train", 10);
        refuses(source("test"), "[train]");
        writeSet("t10k", 20);
        assertThat(batch(SampleReaders.read(source("train")).inputs().get(0), 0)[0])
                .isEqualTo(10f / 255);
        assertThat(batch(SampleReaders.read(source("test")).inputs().get(0), 0)[0])
                .isEqualTo(20f / 255);
        refuses(source(null), "[t10k, train]");
        Files.delete(folder.resolve("train-images-idx3-ubyte"));
        refuses(source("train"), "[t10k]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0 | 1 | 1 | begins with 0x00000000
                    0x89504E47 | 1 | 1 | begins with 0x89504E47
                    0x0D03 | 1 1 1 | 4 | begins with 0x00000D03
                    0x0800 | 1 | 1 | begins with 0x00000800
                    0x0805 | 1 1 1 1 1 | 1 | begins with 0x00000805
                    0x0803 | 0 1 1 | 0 | dimension 0 is 0
                    0x0803 | -1 1 1 | 1 | dimension 0 is 4294967295
                    0x0803 | 1 -2147483648 1 | 1 | dimension 1 is 2147483648
                    0x0803 | 65536 65536 1 | 1 | dimension 1 is 65536
                    0x0803 | 2147483647 1 1 | 4 | 2147483647 values that its header says, but after 4
                    0x0803 | 5 1 1 | 4 | but after 4
                    0x0803 | 3 1 1 | 4 | goes on
                    0x0803 | 4 1 1 | 0 | but after 0
                    0x0804 | 1 1 1 | 0 | ends within its header
                    0x0801 | 4 | 4 | holds labels
                    """)
    void headersThatAreWrongAreRefused(String magic, String sizes, int values, String message)
            throws Exception {
        int[] numbers = Arrays.stream(sizes.split(" ")).mapToInt(Integer::parseInt).toArray();
        byte[] bytes = idx(Long.decode(magic).intValue(), numbers, new int[values]);
        refuses(DataSource.of(write("x-images-idx3-ubyte", bytes)), message);
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "4", "15", "16", "19"})
    void truncatedFilesAreRefused(int length) throws Exception {
        byte[] whole = idx(BYTES + 3, new int[] {1, 2, 2}, 1, 2, 3, 4);
        Path file = write("x-images-idx3-ubyte", Arrays.copyOf(whole, length));
        refuses(DataSource.of(file), file.toString());
    }

    @Test
    void labelsOfAnotherNumberAreRefused() throws Exception {
        writeSet("train", 0);
        Path three = write("three.idx", idx(BYTES + 1, new int[] {3}, 1, 2, 3));
        refuses(source("train").withLabels(three), "labels has 3 samples where 2 belong");
        refuses(source("train").withLabels(folder.resolve("none")), "no such file of labels");
    }

    /** One number for each of many features takes no memory for each of them. */
    @Test
    void longRowsAreReadInLittleMemory() throws Exception {
        int length = 4_000_000;
        byte[] header = idx(BYTES + 2, new int[] {1, length});
        byte[] bytes = Arrays.copyOf(header, header.length + length);
        bytes[bytes.length - 1] = (byte) 255;
        Path file = write("rows.idx", bytes);
        float[] row = batch(SampleReaders.read(DataSource.of(file)).inputs().get(0), 0);
        assertThat(row).hasSize(length).endsWith(0, 1);
    }

    private static void refuses(DataSource source, String message) {
        assertThatThrownBy(() -> SampleReaders.read(source))
                .isInstanceOfAny(IOException.class, IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void readsMnistItself() throws Exception {
        Path mnist = Path.of("..", "..", "..", "shared", "data", "mnist");
        assumeThat(mnist).isDirectory();
        for (String split : List.of("train", "test")) {
            Samples samples = SampleReaders.read(DataSource.of(mnist).withSplit(split));
            assertThat(samples.inputShapes()).containsExactly(new Shape(1, 1, 28, 28));
            int[] all = IntStream.range(0, samples.size()).toArray();
            long[] labels = labels(samples, all);
            assertThat(Arrays.stream(labels).distinct().sorted())
                    .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
            float[] image = batch(samples.inputs().get(0), 0);
            // A digit is bright ink on a black border.
            assertThat(Arrays.copyOf(image, 28)).containsOnly(0);
            double mean = 0;
            for (float pixel : image) {
                mean += pixel / image.length;
            }
            assertThat(mean).isBetween(0.02, 0.4);
        }
    }
}
