package io.github.djlqat.samples.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.samples.common.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {

    @TempDir Path folder;

    private static byte[] images(int count, int height, int width) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + count * height * width);
        bytes.putInt(0x803).putInt(count).putInt(height).putInt(width);
        for (int i = 0; i < count * height * width; i++) {
            bytes.put((byte) (i * 31));
        }
        return bytes.array();
    }

    private static byte[] labels(int... labels) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length);
        bytes.putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        return bytes.array();
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), name.endsWith(".gz") ? gzip(bytes) : bytes);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    private void writeSound(String test) throws IOException {
        write("train-images-idx3-ubyte", images(3, 2, 4));
        write("train-labels-idx1-ubyte.gz", labels(9, 0, 4));
        write(test + "-images-idx3-ubyte.gz", images(1, 2, 4));
        write(test + "-labels-idx1-ubyte", labels(7));
    }

    @Test
    void readsPlainAndCompressedFiles() throws IOException {
        writeSound("t10k");
        ImageSplit split = Mnist.read(folder);
        assertThat(split.train().size()).isEqualTo(3);
        assertThat(split.train().height()).isEqualTo(2);
        assertThat(split.train().width()).isEqualTo(4);
        assertThat(split.train().label(2)).isEqualTo(4);
        assertThat(split.train().pixel(2, 0, 1, 3)).isEqualTo(23 * 31 & 0xFF);
        assertThat(split.test().label(0)).isEqualTo(7);
    }

    @Test
    void takesTheOnlyOtherSetOrTheOfficialOneForTheTestSet() throws IOException {
        writeSound("t3k");
        assertThat(Mnist.read(folder).test().label(0)).isEqualTo(7);
        write("extra-images-idx3-ubyte", images(1, 2, 4));
        write("extra-labels-idx1-ubyte", labels(5));
        assertThatThrownBy(() -> Mnist.read(folder)).hasMessageContaining("[extra, t3k]");
        write("t10k-images-idx3-ubyte", images(1, 2, 4));
        write("t10k-labels-idx1-ubyte", labels(6));
        assertThat(Mnist.read(folder).test().label(0)).isEqualTo(6);
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> Mnist.read(folder.resolve("nowhere")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Mnist.read(folder))
                .hasMessageContaining("train-images-idx3-ubyte");
        writeSound("t10k");
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        assertThatThrownBy(() -> Mnist.read(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("t10k-labels-idx1-ubyte");
    }

    @Test
    void refusesFilesThatAreNotWhatTheirHeaderSays() throws IOException {
        byte[] sound = images(3, 2, 4);
        byte[] empty = sound.clone();
        ByteBuffer.wrap(empty).putInt(4, 0);
        byte[] negative = sound.clone();
        ByteBuffer.wrap(negative).putInt(12, -1);
        byte[] vast = sound.clone();
        ByteBuffer.wrap(vast).putInt(4, 1 << 26);
        byte[] boundless = sound.clone();
        ByteBuffer.wrap(boundless).putInt(4, Integer.MAX_VALUE);
        refuses(labels(1, 2, 3), "0x00000801");
        refuses(new byte[0], "within its header");
        refuses(Arrays.copyOf(sound, 10), "within its header");
        refuses(Arrays.copyOf(sound, 39), "ends after 23 values; its header says 24");
        refuses(Arrays.copyOf(sound, 41), "goes on after the 24 values");
        refuses(empty, "dimension 0 is 0");
        refuses(negative, "dimension 2 is 4294967295");
        refuses(vast, "ends after 24 values; its header says 536870912");
        refuses(boundless, "dimension 0 is 2147483647");
    }

    private void refuses(byte[] images, String message) throws IOException {
        writeSound("t10k");
        write("train-images-idx3-ubyte", images);
        assertThatThrownBy(() -> Mnist.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("train-images-idx3-ubyte")
                .hasMessageContaining(message);
    }

    @Test
    void refusesBrokenCompressionAndLabelsThatDoNotFit() throws IOException {
        writeSound("t10k");
        byte[] whole = gzip(labels(9, 0, 4));
        Files.write(
                folder.resolve("train-labels-idx1-ubyte.gz"),
                Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> Mnist.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("train-labels");
        Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), labels(9, 0, 4));
        assertThatThrownBy(() -> Mnist.read(folder)).hasMessageContaining("not a sound gzip file");
        write("train-labels-idx1-ubyte.gz", labels(9, 0));
        assertThatThrownBy(() -> Mnist.read(folder)).hasMessageContaining("2 labels for 3 images");
        write("train-labels-idx1-ubyte.gz", labels(9, 11, 3));
        assertThatThrownBy(() -> Mnist.read(folder))
                .hasMessageContaining("record 1: label 11; labels are 0 to 9");
    }

    @Test
    void readsTheRealImages() throws IOException {
        ImageSplit split = Mnist.read(TestData.require("mnist"));
        assertThat(split.train().size()).isEqualTo(60_000);
        assertThat(split.train().height()).isEqualTo(28);
        // the official sets begin with 5, 0, 4 and 7, 2, 1
        assertThat(
                        new int[] {
                            split.train().label(0), split.train().label(1), split.train().label(2)
                        })
                .containsExactly(5, 0, 4);
        assertThat(new int[] {split.test().label(0), split.test().label(1), split.test().label(2)})
                .containsExactly(7, 2, 1);
    }
}
