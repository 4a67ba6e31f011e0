package io.github.djlqat.workflow.data;

import io.github.djlqat.workflow.model.Shapes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a value becomes at a model's input: \( (v \cdot scale - \mu_c) / \sigma_c \) for channel c,
 * the first dimension of a sample.
 *
 * @param scale what values are multiplied by, above 0; null for the reader's own: 1/255 for images
 *     of bytes, 1 for arrays
 * @param mean the mean of each channel, or one for all; empty for 0
 * @param deviation the standard deviation of each channel, or one for all, above 0; empty for 1
 * @param imageSize height and width that images are resized to; empty to leave them as they are
 * @param sampleShape the shape of one sample, for samples that are rows of numbers; empty to leave
 *     them as they are
 */
public record Preparation(
        @Nullable Double scale,
        List<Double> mean,
        List<Double> deviation,
        List<Integer> imageSize,
        List<Long> sampleShape) {

    /** Leaves values as the reader gives them. */
    public static final Preparation NONE =
            new Preparation(null, List.of(), List.of(), List.of(), List.of());

    /**
     * Copies the lists and checks the numbers.
     *
     * @param scale what values are multiplied by, above 0; null for the reader's own: 1/255 for
     *     images of bytes, 1 for arrays
     * @param mean the mean of each channel, or one for all; empty for 0
     * @param deviation the standard deviation of each channel, or one for all, above 0; empty for 1
     * @param imageSize height and width that images are resized to; empty to leave them as they are
     * @param sampleShape the shape of one sample, for samples that are rows of numbers; empty to
     *     leave them as they are
     * @throws IllegalArgumentException if a number is outside of its range
     */
    public Preparation {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        imageSize = List.copyOf(imageSize);
        sampleShape = List.copyOf(sampleShape);
        if (scale != null && !(scale > 0 && Double.isFinite(scale))) {
            throw new IllegalArgumentException("The scale is above 0, not " + scale + ".");
        }
        if (mean.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException("Means are finite, not " + mean + ".");
        }
        if (deviation.stream().anyMatch(value -> !(value > 0 && Double.isFinite(value)))) {
            throw new IllegalArgumentException(
                    "Standard deviations are above 0, not " + deviation + ".");
        }
        if (!imageSize.isEmpty()
                && (imageSize.size() != 2
                        || imageSize.stream().anyMatch(size -> size < 1 || size > 1 << 14))) {
            throw new IllegalArgumentException(
                    "The size of images is a height and a width of 1 to 16384, not "
                            + imageSize
                            + ".");
        }
        if (sampleShape.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "The sizes of a sample are at least 1, not " + sampleShape + ".");
        }
    }

    /**
     * Creates a preparation of sizes as texts.
     *
     * @param scale what values are multiplied by; null for the reader's own
     * @param mean the mean of each channel, or one for all; empty for 0
     * @param deviation the standard deviation of each channel, or one for all; empty for 1
     * @param imageSize height and width that images are resized to, such as {@code 224x224}; null
     *     to leave them as they are
     * @param sampleShape the shape of one sample, such as {@code 1x28x28}; null to leave samples as
     *     they are
     * @return the preparation
     * @throws IllegalArgumentException if a number is outside of its range, or a text holds no
     *     sizes
     */
    public static Preparation parse(
            @Nullable Double scale,
            List<Double> mean,
            List<Double> deviation,
            @Nullable String imageSize,
            @Nullable String sampleShape) {
        // A size that is too large for an int is so for an image, too.
        List<Integer> size =
                sizes(imageSize).stream().map(s -> (int) Math.min(s, Integer.MAX_VALUE)).toList();
        return new Preparation(scale, mean, deviation, size, sizes(sampleShape));
    }

    private static List<Long> sizes(@Nullable String text) {
        return text == null ? List.of() : Shapes.parse(text);
    }

    double scale(double usual) {
        return scale == null ? usual : scale;
    }

    double mean(int channel, int channels) {
        return mean.isEmpty() ? 0 : entry(mean, channel, channels, "means");
    }

    double deviation(int channel, int channels) {
        return deviation.isEmpty() ? 1 : entry(deviation, channel, channels, "deviations");
    }

    private static double entry(List<Double> values, int channel, int channels, String what) {
        if (values.size() != 1 && values.size() != channels) {
            throw new IllegalArgumentException(
                    "There are "
                            + values.size()
                            + " "
                            + what
                            + " for samples of "
                            + channels
                            + " channels; legal are 1 and "
                            + channels
                            + ".");
        }
        return values.get(values.size() == 1 ? 0 : channel);
    }

    /** Whether values are changed, given the scale that the reader would use. */
    boolean changes(double usual) {
        return scale(usual) != 1 || !mean.isEmpty() || !deviation.isEmpty();
    }
}
