package io.github.djlqat.samples.mixedprecision;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.samples.common.data.Augmentation;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.data.Normalization;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.model.DigitsNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A network and the images that it is trained on from scratch.
 *
 * @param name the name in the table
 * @param images the images
 * @param normalization what a pixel becomes at the network's input
 * @param augmentation how training images are varied, or null for not at all
 * @param batchSize the number of images in a batch
 * @param learningRate the first learning rate, of Adam
 * @param network makes a network that is not initialized
 */
record Task(
        String name,
        ImageSplit images,
        Normalization normalization,
        @Nullable Augmentation augmentation,
        int batchSize,
        float learningRate,
        Supplier<Block> network) {

    private static final int SPLIT_SEED = 1;
    private static final int TEST_BATCH = 200;

    static Task digits() throws IOException {
        return new Task(
                "digits",
                Digits.split(SPLIT_SEED),
                Digits.normalization(),
                null,
                32,
                0.01f,
                DigitsNet::new);
    }

    static Task cifar10(Path data) throws IOException {
        return new Task(
                "ResNet-20",
                Cifar10.read(data),
                Normalization.imageNet(),
                Augmentation.CROP_AND_MIRROR,
                64,
                0.002f,
                CifarResNet::resNet20);
    }

    Shape inputShape() {
        return images.train().batchShape(1);
    }

    ImageBatches training(int seed) {
        ImageBatches.Builder builder =
                batches(images.train())
                        .setSampling(batchSize, true)
                        .optDropLast(true)
                        .optSeed(seed);
        return (augmentation == null ? builder : builder.optAugmentation(augmentation)).build();
    }

    ImageBatches test() {
        return batches(images.test()).setSampling(TEST_BATCH, false).build();
    }

    private ImageBatches.Builder batches(ImageSet set) {
        return ImageBatches.builder().setImages(set).setNormalization(normalization);
    }
}
