package io.github.djlqat.samples.common.training;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.samples.common.data.Augmentation;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.data.Normalization;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.model.DigitsNet;
import java.util.function.Supplier;

/**
 * What is classified, and by which network.
 *
 * @param name its name
 * @param images the images
 * @param normalization what a pixel becomes at the network's input
 * @param augmentation how training images are varied
 * @param network makes a network that is not initialized
 */
public record ImageTask(
        String name,
        ImageSplit images,
        Normalization normalization,
        Augmentation augmentation,
        Supplier<Block> network) {

    private static final int TEST_BATCH = 200;

    /**
     * Returns the embedded digits, whose network trains in seconds.
     *
     * @param seed decides which of them are held out
     * @return the task
     */
    public static ImageTask digits(long seed) {
        return new ImageTask(
                "digits",
                Digits.split(seed),
                Digits.normalization(),
                Augmentation.NONE,
                DigitsNet::new);
    }

    /**
     * Returns CIFAR-10 for ResNet-20.
     *
     * @param name the task's name
     * @param images CIFAR-10, or a part of it
     * @return the task
     */
    public static ImageTask resNet20(String name, ImageSplit images) {
        return new ImageTask(
                name,
                images,
                Normalization.imageNet(),
                Augmentation.CROP_AND_MIRROR,
                CifarResNet::resNet20);
    }

    /**
     * Returns the shape of one image as a batch.
     *
     * @return the shape (1, channels, height, width)
     */
    public Shape inputShape() {
        return images.train().batchShape(1);
    }

    /**
     * Returns the test images in order, in batches of {@value #TEST_BATCH}.
     *
     * @return the batches
     */
    public ImageBatches test() {
        return batches(images.test()).setSampling(TEST_BATCH, false).build();
    }

    /**
     * Returns training images as they are, to calibrate with.
     *
     * @param batchSize the number of images in a batch, at least 1
     * @param seed decides their order
     * @return the batches
     */
    public ImageBatches calibration(int batchSize, long seed) {
        return batches(images.train()).setSampling(batchSize, true).optSeed(seed).build();
    }

    /**
     * Returns a builder of full batches of training images, augmented.
     *
     * @param batchSize the number of images in a batch, at least 1
     * @param seed decides their order and their augmentation
     * @return the builder
     */
    public ImageBatches.Builder training(int batchSize, long seed) {
        return batches(images.train())
                .setSampling(batchSize, true)
                .optDropLast(true)
                .optAugmentation(augmentation)
                .optSeed(seed);
    }

    private ImageBatches.Builder batches(ImageSet set) {
        return ImageBatches.builder().setImages(set).setNormalization(normalization);
    }
}
