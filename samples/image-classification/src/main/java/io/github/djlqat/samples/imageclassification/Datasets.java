package io.github.djlqat.samples.imageclassification;

import io.github.djlqat.samples.common.data.Augmentation;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.Mnist;
import io.github.djlqat.samples.common.data.Normalization;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.training.ImageTask;
import java.io.IOException;
import java.nio.file.Path;

/** The datasets that the sample knows, each with its network. */
final class Datasets {

    private Datasets() {}

    /**
     * Reads the dataset that a directory holds: CIFAR-10 for ResNet-20, or MNIST for a ResNet of 8
     * layers.
     *
     * @param directory holds the official files
     * @return the task
     * @throws IOException if the files cannot be read
     * @throws IllegalArgumentException if the directory holds neither
     */
    static ImageTask read(Path directory) throws IOException {
        if (Cifar10.isPresent(directory)) {
            return ImageTask.resNet20("CIFAR-10", Cifar10.read(directory));
        }
        if (Mnist.isPresent(directory)) {
            return new ImageTask(
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
}
