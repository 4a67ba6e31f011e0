package io.github.djlqat.samples.common.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The 1,797 handwritten digits of 8 by 8 pixels that scikit-learn ships as {@code load_digits}.
 *
 * <p>Source: "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998), UCI
 * Machine Learning Repository, <a href="https://doi.org/10.24432/C50P49">doi:10.24432/C50P49</a>,
 * under Creative Commons Attribution 4.0.
 */
public final class Digits {

    /** The width and the height of an image in pixels. */
    public static final int SIDE = 8;

    /** The number of digits. */
    public static final int CLASSES = 10;

    /** The largest pixel value. */
    public static final int MAXIMUM = 16;

    private static final String RESOURCE = "digits.csv.gz";

    private Digits() {}

    /**
     * Reads all images in the order of the file.
     *
     * @return 1,797 images of one channel, pixel values 0 to 16
     */
    public static ImageSet load() {
        try (InputStream in = Digits.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource " + RESOURCE + " is missing beside " + Digits.class + ".");
            }
            return parse(in, RESOURCE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the resource " + RESOURCE, e);
        }
    }

    /**
     * Splits the images after a seeded shuffle: four fifths to train on, the last fifth held out.
     *
     * @param seed what decides the shuffle
     * @return 1,438 training images and 359 test images
     */
    public static ImageSplit split(long seed) {
        ImageSet all = load();
        int[] order = all.shuffledIndices(seed);
        int train = order.length - order.length / 5;
        return new ImageSplit(
                all.select(Arrays.copyOfRange(order, 0, train)),
                all.select(Arrays.copyOfRange(order, train, order.length)));
    }

    /**
     * Returns the normalization of the digits: 16 becomes 1.
     *
     * @return the normalization
     */
    public static Normalization normalization() {
        return Normalization.scale(MAXIMUM);
    }

    static ImageSet parse(InputStream compressed, String name) throws IOException {
        List<String> lines;
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(compressed), StandardCharsets.US_ASCII))) {
            lines = reader.lines().toList();
        } catch (UncheckedIOException e) {
            throw new IOException("Cannot decompress " + name, e.getCause());
        }
        int length = SIDE * SIDE;
        byte[] pixels = new byte[lines.size() * length];
        byte[] labels = new byte[lines.size()];
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).split(",", -1);
            if (fields.length != length + 1) {
                throw new IOException(
                        name
                                + ", line "
                                + (i + 1)
                                + ": "
                                + fields.length
                                + " values where "
                                + (length + 1)
                                + " belong.");
            }
            for (int j = 0; j < length; j++) {
                pixels[i * length + j] = value(fields[j], MAXIMUM, name, i + 1);
            }
            labels[i] = value(fields[length], CLASSES - 1, name, i + 1);
        }
        return new ImageSet(1, SIDE, SIDE, CLASSES, pixels, labels);
    }

    private static byte value(String field, int maximum, String name, int line) throws IOException {
        int value;
        try {
            value = Integer.parseInt(field);
        } catch (NumberFormatException e) {
            value = -1;
        }
        if (value < 0 || value > maximum) {
            throw new IOException(
                    name
                            + ", line "
                            + line
                            + ": \""
                            + field
                            + "\" where an integer of 0 to "
                            + maximum
                            + " belongs.");
        }
        return (byte) value;
    }
}
