package io.github.djlqat.samples.imageclassification;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.samples.common.data.Augmentation;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.data.Mnist;
import io.github.djlqat.samples.common.data.Normalization;
import io.github.djlqat.samples.common.model.CifarResNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What is classified, and by which network.
 *
 * @param name the dataset's name
 * @param images the images
 * @param normalization what a pixel becomes at the network's input
 * @param augmentation how training images are varied
 * @param network makes a network that is not initialized
 */
record Task(
        String name,
        ImageSplit images,
        Normalization normalization,
        Augmentation augmentation,
        Supplier<Block> network) {

    private static final int TEST_BATCH = 200;
    private static final int CALIBRATION_BATCH = 100;

    /**
     * Reads the dataset that a directory holds: CIFAR-10 for ResNet-20, or MNIST for a ResNet of 8
     * layers.
     *
     * @param directory holds the official files
     * @return the task
     * @throws IOException if the files cannot be read
     * @throws IllegalArgumentException if the directory holds neither
     */
    static Task read(Path directory) throws IOException {
        if (Cifar10.isPresent(directory)) {
            return new Task(
                    "CIFAR-10",
                    Cifar10.read(directory),
                    Normalization.imageNet(),
                    Augmentation.CROP_AND_MIRROR,
                    CifarResNet::resNet20);
        }
        if (Mnist.isPresent(directory)) {
            return new Task(
                    "MNIST",
                    Mnist.read(directory),
                    Normalization.scale(255),
                    new Augmentation(2, false),
                    () -> new CifarResNet(1, Mnist.CLASSES));
        }
        throw new IllegalArgumentException(
                directory
                        + " holds neither CIFAR-10 (test_batch.bin, data_batch_1.bin, ...) nor MNIST"
                        + " (train-images-idx3-ubyte[.gz], ...).");
    }

    /** Returns the shape of one image as a batch. */
    Shape inputShape() {
        return images.train().batchShape(1);
    }

    /** Returns the test images in order. */
    ImageBatches test() {
        return batches(images.test()).setSampling(TEST_BATCH, false).build();
    }

    /** Returns training images to calibrate with, as they are. */
    ImageBatches calibration(long seed) {
        return batches(images.train()).setSampling(CALIBRATION_BATCH, true).optSeed(seed).build();
    }

    /** Returns a builder of augmented batches of training images. */
    ImageBatches.Builder training(int batchSize, long seed) {
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
