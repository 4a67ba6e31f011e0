package io.github.djlqat.samples.common.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a pixel value becomes at a network's input: \( (v / v_{max} - \mu_c) / \sigma_c \) for
 * channel c.
 *
 * <p>All 256 values are worked out once, so that a batch is normalized by look-up.
 */
public final class Normalization {

    private final float[][] tables;

    private Normalization(float[][] tables) {
        this.tables = tables;
    }

    /**
     * Creates a normalization with a mean and a standard deviation for each channel.
     *
     * @param maximum the pixel value that becomes 1 before the mean is taken off, above 0
     * @param mean the channels' means
     * @param standardDeviation the channels' standard deviations, each above 0
     * @return the normalization
     * @throws IllegalArgumentException if the arrays differ in length or are empty, or a value is
     *     outside its range
     */
    public static Normalization of(double maximum, double[] mean, double[] standardDeviation) {
        if (!(maximum > 0) || Double.isInfinite(maximum)) {
            throw new IllegalArgumentException(
                    "The largest pixel value is finite and above 0, not " + maximum + ".");
        }
        if (mean.length == 0 || mean.length != standardDeviation.length) {
            throw new IllegalArgumentException(
                    "Each channel has a mean and a standard deviation; there are "
                            + mean.length
                            + " and "
                            + standardDeviation.length
                            + ".");
        }
        float[][] tables = new float[mean.length][256];
        for (int channel = 0; channel < mean.length; channel++) {
            float mu = (float) mean[channel];
            float sigma = (float) standardDeviation[channel];
            if (!Float.isFinite(mu) || !Float.isFinite(sigma) || sigma <= 0) {
                throw new IllegalArgumentException(
                        "Channel "
                                + channel
                                + " has mean "
                                + mean[channel]
                                + " and standard deviation "
                                + standardDeviation[channel]
                                + "; both are finite, and the latter is above 0.");
            }
            for (int value = 0; value < 256; value++) {
                tables[channel][value] = ((float) (value / maximum) - mu) / sigma;
            }
        }
        return new Normalization(tables);
    }

    /**
     * Creates a normalization of one channel that only divides.
     *
     * @param maximum the pixel value that becomes 1, above 0
     * @return the normalization
     */
    public static Normalization scale(double maximum) {
        return of(maximum, new double[] {0}, new double[] {1});
    }

    /**
     * Returns the normalization that the given ResNet-20 weights were trained with: ImageNet's
     * means and deviations.
     *
     * @return the normalization of three channels
     */
    public static Normalization imageNet() {
        return of(255, new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
    }

    /**
     * Returns the number of channels.
     *
     * @return the number of channels
     */
    public int channels() {
        return tables.length;
    }

    /**
     * Returns what a pixel value becomes.
     *
     * @param channel the channel
     * @param value the pixel value, 0 to 255
     * @return the normalized value
     */
    public float apply(int channel, int value) {
        return tables[channel][value];
    }

    float[] table(int channel) {
        return tables[channel];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Normalization normalization
                && Arrays.deepEquals(tables, normalization.tables);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(tables);
    }
}
