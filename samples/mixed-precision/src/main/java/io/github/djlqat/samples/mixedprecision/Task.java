package io.github.djlqat.samples.mixedprecision;

import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.training.ImageTask;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A network, the images that it is trained on from scratch, and how.
 *
 * @param images the network and the images
 * @param batchSize the number of images in a batch
 * @param learningRate the first learning rate, of Adam
 */
record Task(ImageTask images, int batchSize, float learningRate) {

    private static final int SPLIT_SEED = 1;

    static Task digits() {
        return new Task(ImageTask.digits(SPLIT_SEED), 32, 0.01f);
    }

    static Task cifar10(Path data) throws IOException {
        return new Task(ImageTask.resNet20("ResNet-20", Cifar10.read(data)), 64, 0.002f);
    }

    String name() {
        return images.name();
    }

    ImageBatches training(int seed) {
        return images.training(batchSize, seed).build();
    }
}
