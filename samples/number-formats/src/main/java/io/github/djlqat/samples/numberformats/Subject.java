package io.github.djlqat.samples.numberformats;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.safetensors.SafetensorsFile;
import io.github.djlqat.safetensors.SafetensorsLoader;
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
 * A network and the images that it is tried on.
 *
 * @param name the name in the table
 * @param images the images
 * @param normalization what a pixel becomes at the network's input
 * @param augmentation how training images are varied, or null for not at all
 * @param batchSize the number of images in a training batch
 * @param learningRate the first learning rate of fine-tuning, with Adam
 * @param network makes a network that is not initialized
 * @param weights trained parameters, or null to train them
 */
record Subject(
        String name,
        ImageSplit images,
        Normalization normalization,
        @Nullable Augmentation augmentation,
        int batchSize,
        float learningRate,
        Supplier<Block> network,
        @Nullable Path weights) {

    private static final int SEED = 1;
    private static final int TEST_BATCH = 200;

    /** The embedded digits, whose network trains in seconds. */
    static Subject digits() throws IOException {
        return new Subject(
                "digits",
                Digits.split(SEED),
                Digits.normalization(),
                null,
                32,
                0.005f,
                DigitsNet::new,
                null);
    }

    /** CIFAR-10, or its first training images, and a trained ResNet-20. */
    static Subject resNet20(Path data, Path weights, int images) throws IOException {
        ImageSplit all = Cifar10.read(data);
        int count = Math.min(images, all.train().size());
        return new Subject(
                "ResNet-20",
                new ImageSplit(all.train().take(count), all.test()),
                Normalization.imageNet(),
                Augmentation.CROP_AND_MIRROR,
                64,
                0.001f,
                CifarResNet::resNet20,
                weights);
    }

    Shape inputShape() {
        return images.train().batchShape(1);
    }

    /** Makes a model with a network whose parameters are random, or the trained ones given. */
    Model model() throws IOException {
        Model model = Model.newInstance(name);
        Block block = network.get();
        block.initialize(model.getNDManager(), DataType.FLOAT32, inputShape());
        model.setBlock(block);
        if (weights != null) {
            try (SafetensorsFile file = SafetensorsFile.open(weights)) {
                SafetensorsLoader.builder()
                        .optNameMapper(CifarResNet::parameterName)
                        .build()
                        .load(file, block, model.getNDManager());
            }
        }
        return model;
    }

    ImageBatches training() {
        ImageBatches.Builder builder =
                batches(images.train())
                        .setSampling(batchSize, true)
                        .optDropLast(true)
                        .optSeed(SEED);
        return (augmentation == null ? builder : builder.optAugmentation(augmentation)).build();
    }

    ImageBatches calibration() {
        return batches(images.train()).setSampling(batchSize, true).optSeed(SEED).build();
    }

    ImageBatches test() {
        return batches(images.test()).setSampling(TEST_BATCH, false).build();
    }

    private ImageBatches.Builder batches(ImageSet set) {
        return ImageBatches.builder().setImages(set).setNormalization(normalization);
    }
}
