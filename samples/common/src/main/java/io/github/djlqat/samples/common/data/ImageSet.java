package io.github.djlqat.samples.common.data;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Labelled images of one size, held as bytes: pixel values 0 to 255, channel by channel and row by
 * row, as CIFAR-10's and MNIST's files hold them.
 *
 * <p>An image set is immutable: its arrays are given away by the reader that makes it, and never
 * handed out.
 */
public final class ImageSet {

    private final int channels;
    private final int height;
    private final int width;
    private final int classes;
    private final byte[] pixels;
    private final byte[] labels;

    /**
     * Creates an image set over arrays that the caller gives away.
     *
     * @param channels the number of channels, at least 1
     * @param height the height in pixels, at least 1
     * @param width the width in pixels, at least 1
     * @param classes the number of classes, 1 to 128
     * @param pixels the pixels, image by image, channel by channel, row by row
     * @param labels the class of each image, 0 to {@code classes - 1}
     * @throws IllegalArgumentException if a size is outside its range, the pixels are not as many
     *     as the labels ask for, or a label is outside the classes
     */
    ImageSet(int channels, int height, int width, int classes, byte[] pixels, byte[] labels) {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "An image has at least one channel, row and column, not "
                            + channels
                            + "x"
                            + height
                            + "x"
                            + width
                            + ".");
        }
        if (classes < 1 || classes > 128) {
            throw new IllegalArgumentException(
                    "An image set has 1 to 128 classes, not " + classes + ".");
        }
        long expected = (long) labels.length * channels * height * width;
        if (pixels.length != expected) {
            throw new IllegalArgumentException(
                    labels.length
                            + " images of "
                            + channels
                            + "x"
                            + height
                            + "x"
                            + width
                            + " are "
                            + expected
                            + " pixels, not "
                            + pixels.length
                            + ".");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "Image "
                                + i
                                + " has label "
                                + (labels[i] & 0xFF)
                                + "; labels are 0 to "
                                + (classes - 1)
                                + ".");
            }
        }
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classes = classes;
        this.pixels = pixels;
        this.labels = labels;
    }

    /**
     * Returns the number of images.
     *
     * @return the number of images
     */
    public int size() {
        return labels.length;
    }

    /**
     * Returns the number of channels of an image.
     *
     * @return the number of channels
     */
    public int channels() {
        return channels;
    }

    /**
     * Returns the height of an image.
     *
     * @return the height in pixels
     */
    public int height() {
        return height;
    }

    /**
     * Returns the width of an image.
     *
     * @return the width in pixels
     */
    public int width() {
        return width;
    }

    /**
     * Returns the number of classes.
     *
     * @return the number of classes
     */
    public int classes() {
        return classes;
    }

    /**
     * Returns the shape of a batch of these images.
     *
     * @param batchSize the number of images
     * @return the shape (batchSize, channels, height, width)
     */
    public Shape batchShape(int batchSize) {
        return new Shape(batchSize, channels, height, width);
    }

    /**
     * Returns the class of an image.
     *
     * @param image the image's index, 0 to {@code size() - 1}
     * @return the class, 0 to {@code classes() - 1}
     */
    public int label(int image) {
        return labels[image];
    }

    /**
     * Returns one pixel's value.
     *
     * @param image the image's index, 0 to {@code size() - 1}
     * @param channel the channel
     * @param row the row, from the top
     * @param column the column, from the left
     * @return the value, 0 to 255
     */
    public int pixel(int image, int channel, int row, int column) {
        return pixels[((image * channels + channel) * height + row) * width + column] & 0xFF;
    }

    /**
     * Returns some of the images, in the given order.
     *
     * @param indices the images' indices, each 0 to {@code size() - 1}
     * @return a new image set
     */
    public ImageSet select(int... indices) {
        int length = imageLength();
        byte[] selectedPixels = new byte[Math.multiplyExact(indices.length, length)];
        byte[] selectedLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * length, selectedPixels, i * length, length);
            selectedLabels[i] = labels[indices[i]];
        }
        return new ImageSet(channels, height, width, classes, selectedPixels, selectedLabels);
    }

    /**
     * Returns the first images.
     *
     * @param count how many; all where there are fewer
     * @return a new image set
     * @throws IllegalArgumentException if count is below 1
     */
    public ImageSet take(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("At least one image is taken, not " + count + ".");
        }
        if (count >= size()) {
            return this;
        }
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = i;
        }
        return select(indices);
    }

    /**
     * Returns the indices of all images in an order that only the seed decides.
     *
     * @param seed the seed
     * @return a permutation of 0 to {@code size() - 1}
     */
    int[] shuffledIndices(long seed) {
        int[] order = new int[size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        Random random = new Random(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /**
     * Joins image sets of one format.
     *
     * @param parts the image sets, at least one
     * @return their images, one set after the other
     */
    static ImageSet concatenate(List<ImageSet> parts) {
        ImageSet first = parts.get(0);
        int images = 0;
        for (ImageSet part : parts) {
            images = Math.addExact(images, part.size());
        }
        byte[] pixels = new byte[Math.multiplyExact(images, first.imageLength())];
        byte[] labels = new byte[images];
        int position = 0;
        for (ImageSet part : parts) {
            System.arraycopy(
                    part.pixels, 0, pixels, position * first.imageLength(), part.pixels.length);
            System.arraycopy(part.labels, 0, labels, position, part.labels.length);
            position += part.size();
        }
        return new ImageSet(
                first.channels, first.height, first.width, first.classes, pixels, labels);
    }

    /**
     * Writes one image's normalized pixels, cut from the image padded with zeros and mirrored where
     * asked.
     *
     * @param image the image's index
     * @param view which part of the image is seen
     * @param normalization what a pixel's value becomes
     * @param target the array that is written to
     * @param offset where in the array the image begins
     */
    void write(int image, View view, Normalization normalization, float[] target, int offset) {
        int plane = height * width;
        int firstColumn = Math.max(0, -view.left());
        int lastColumn = Math.min(width, width - view.left());
        for (int channel = 0; channel < channels; channel++) {
            float[] table = normalization.table(channel);
            float zero = table[0];
            int source = image * imageLength() + channel * plane;
            for (int row = 0; row < height; row++) {
                int out = offset + channel * plane + row * width;
                int sourceRow = row + view.top();
                if (sourceRow < 0 || sourceRow >= height) {
                    Arrays.fill(target, out, out + width, zero);
                    continue;
                }
                int in = source + sourceRow * width + view.left();
                Arrays.fill(target, out, out + width, zero);
                if (view.mirrored()) {
                    for (int column = firstColumn; column < lastColumn; column++) {
                        target[out + width - 1 - column] = table[pixels[in + column] & 0xFF];
                    }
                } else {
                    for (int column = firstColumn; column < lastColumn; column++) {
                        target[out + column] = table[pixels[in + column] & 0xFF];
                    }
                }
            }
        }
    }

    /**
     * Returns the number of pixel values of one image.
     *
     * @return channels times height times width
     */
    int imageLength() {
        return channels * height * width;
    }
}
