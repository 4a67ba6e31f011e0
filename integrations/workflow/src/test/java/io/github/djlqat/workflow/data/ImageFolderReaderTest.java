package io.github.djlqat.workflow.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of images, sound and not. */
class ImageFolderReaderTest {

    @TempDir private Path folder;

    private void image(String name, int type, int argb, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, argb);
            }
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        String ending = name.substring(name.lastIndexOf('.') + 1);
        assertThat(ImageIO.write(image, ending, file.toFile())).isTrue();
    }

    private DataSource source(String inside, int height, int width) {
        return DataSource.of(folder.resolve(inside))
                .withPreparation(
                        new Preparation(
                                null, List.of(), List.of(), List.of(height, width), List.of()));
    }

    private static float[] batch(Samples samples, int index) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return samples.inputs().get(0).batch(manager, new int[] {index}).toFloatArray();
        }
    }

    private static long[] labels(Samples samples, int... indices) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            return samples.requireLabels().batch(manager, indices).toLongArray();
        }
    }

    @Test
    void foldersAreClassesInTheOrderOfTheirNames() throws Exception {
        image("b/2.png", BufferedImage.TYPE_INT_RGB, 0xFF0000FF, 2, 3);
        image("b/1.bmp", BufferedImage.TYPE_INT_RGB, 0xFF00FF00, 2, 3);
        image("a/x.png", BufferedImage.TYPE_INT_RGB, 0xFFFF0000, 2, 3);
        image(".hidden/x.png", BufferedImage.TYPE_INT_RGB, 0xFFFFFFFF, 2, 3);
        Files.writeString(folder.resolve("a/readme.txt"), "no image");
        Samples samples = SampleReaders.read(source("", 3, 2));
        assertThat(samples.classes()).containsExactly("a", "b");
        assertThat(labels(samples, 0, 1, 2)).containsExactly(0, 1, 1);
        assertThat(samples.inputShapes()).containsExactly(new Shape(1, 3, 3, 2));
        // red, green and blue planes of six pixels
        for (int i = 0; i < 3; i++) {
            float[] planes = batch(samples, i);
            for (int j = 0; j < planes.length; j++) {
                assertThat(planes[j]).isEqualTo(j / 6 == i ? 1 : 0);
            }
        }
    }

    @Test
    void greyAndTransparentImagesAreOfThreeChannels() throws Exception {
        image("a/grey.png", BufferedImage.TYPE_BYTE_GRAY, 0xFFFFFFFF, 2, 2);
        image("a/half.png", BufferedImage.TYPE_INT_ARGB, 0x80336699, 2, 2);
        Samples samples = SampleReaders.read(source("", 2, 2));
        assertThat(batch(samples, 0)).hasSize(12).containsOnly(1);
        float[] half = batch(samples, 1);
        assertThat(half[0]).isCloseTo(0.2f, within(0.01f));
        assertThat(half[4]).isCloseTo(0.4f, within(0.01f));
        assertThat(half[8]).isCloseTo(0.6f, within(0.01f));
    }

    @Test
    void imagesAreResizedToTheSizeAskedFor() throws Exception {
        image("a/x.png", BufferedImage.TYPE_INT_RGB, 0xFF808080, 5, 4);
        Samples samples = SampleReaders.read(source("", 8, 6));
        assertThat(batch(samples, 0)).hasSize(3 * 8 * 6).containsOnly(128f / 255);
        assertThatThrownBy(() -> SampleReaders.read(DataSource.of(folder)))
                .hasMessageContaining("resized to one size");
    }

    @Test
    void splitsAreChosenByName() throws Exception {
        image("train/a/x.png", BufferedImage.TYPE_INT_RGB, 0xFFFFFFFF, 2, 2);
        image("val/a/x.png", BufferedImage.TYPE_INT_RGB, 0xFF000000, 2, 2);
        Samples samples = SampleReaders.read(source("", 2, 2).withSplit("val"));
        assertThat(batch(samples, 0)).containsOnly(0);
        assertThatThrownBy(() -> SampleReaders.read(source("", 2, 2).withSplit("test")))
                .hasMessageContaining("[train, val]")
                .hasMessageContaining("not test");
    }

    @Test
    void foldersWithoutImagesAreRefused() throws Exception {
        assertThatThrownBy(() -> SampleReaders.read(source("", 2, 2)))
                .hasMessageContaining("holds no data that can be read");
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(folder.resolve("a/notes.txt"), "no image");
        Files.createDirectories(folder.resolve("b/folder.png"));
        assertThatThrownBy(() -> SampleReaders.read(source("", 2, 2)))
                .hasMessageContaining("holds no data that can be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "This is a text.", "\u0089PNG\r\n\u001a\n"})
    void whatIsNoImageIsNamed(String content) throws Exception {
        Files.createDirectories(folder.resolve("a"));
        Path file = folder.resolve("a/text.png");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        refuses(file);
    }

    @Test
    void truncatedImagesAreNamed() throws Exception {
        image("a/x.png", BufferedImage.TYPE_INT_RGB, 0xFF336699, 64, 64);
        Path file = folder.resolve("a/x.png");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {20, whole.length / 2}) {
            Files.write(file, Arrays.copyOf(whole, length));
            refuses(file);
        }
    }

    /** A header of a few bytes that promises four billion pixels. */
    @Test
    void imagesTooLargeForMemoryAreRefusedBeforeTheyAreDecoded() throws Exception {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(header);
        out.writeBytes("IHDR");
        out.writeInt(65_000);
        out.writeInt(65_000);
        out.write(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.toByteArray());
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        DataOutputStream file = new DataOutputStream(png);
        file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        file.writeInt(13);
        file.write(header.toByteArray());
        file.writeInt((int) crc.getValue());
        Files.createDirectories(folder.resolve("a"));
        Path bomb = Files.write(folder.resolve("a/bomb.png"), png.toByteArray());
        refuses(bomb).hasMessageContaining("65000x65000 pixels");
    }

    @Test
    void labelsOfAnotherFileAreRefused() throws Exception {
        image("a/x.png", BufferedImage.TYPE_INT_RGB, 0xFF336699, 2, 2);
        DataSource labelled = source("", 2, 2).withLabels(folder.resolve("a/x.png"));
        assertThatThrownBy(() -> SampleReaders.read(labelled))
                .hasMessageContaining("has labels of its own");
    }

    private AbstractThrowableAssert<?, ?> refuses(Path file) throws IOException {
        Samples samples = SampleReaders.read(source("", 2, 2));
        return assertThatThrownBy(() -> batch(samples, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " is no image that can be read");
    }
}
