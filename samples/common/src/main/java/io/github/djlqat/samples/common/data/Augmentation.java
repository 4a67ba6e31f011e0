package io.github.djlqat.samples.common.data;

import java.util.SplittableRandom;

/**
 * Random crops and mirror images, the usual augmentation of CIFAR-10's training images.
 *
 * <p>The crop has the image's own size and lies anywhere in the image padded with zeros on all four
 * sides.
 *
 * @param padding the zeros on each side in pixels, 0 or more
 * @param mirror whether half of the images are mirrored left to right
 */
public record Augmentation(int padding, boolean mirror) {

    /** No augmentation. */
    public static final Augmentation NONE = new Augmentation(0, false);

    /**
     * Padding of 4 and mirror images: what the ResNet paper trains CIFAR-10 with (He et al. 2015,
     * section 4.2).
     */
    public static final Augmentation CROP_AND_MIRROR = new Augmentation(4, true);

    /**
     * Creates an augmentation.
     *
     * @param padding the zeros on each side in pixels, 0 or more
     * @param mirror whether half of the images are mirrored left to right
     * @throws IllegalArgumentException if the padding is negative
     */
    public Augmentation {
        if (padding < 0) {
            throw new IllegalArgumentException("Padding is 0 or more pixels, not " + padding + ".");
        }
    }

    /**
     * Draws what is seen of one image.
     *
     * @param random the source of randomness
     * @return the view
     */
    View draw(SplittableRandom random) {
        if (equals(NONE)) {
            return View.WHOLE;
        }
        int top = random.nextInt(2 * padding + 1) - padding;
        int left = random.nextInt(2 * padding + 1) - padding;
        return new View(top, left, mirror && random.nextBoolean());
    }
}
