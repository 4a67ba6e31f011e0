package io.github.djlqat.samples.numberformats;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import io.github.djlqat.safetensors.SafetensorsFile;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.samples.common.data.Cifar10;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.training.ImageTask;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A network that formats are tried on, its images, and how it is fine-tuned.
 *
 * @param task the network and the images
 * @param batchSize the number of images in a training batch
 * @param learningRate the first learning rate of fine-tuning, with Adam
 * @param weights trained parameters, or null to train them
 */
record Subject(ImageTask task, int batchSize, float learningRate, @Nullable Path weights) {

    private static final int SEED = 1;

    /** The embedded digits, whose network trains in seconds. */
    static Subject digits() {
        return new Subject(ImageTask.digits(SEED), 32, 0.005f, null);
    }

    /** CIFAR-10, or its first training images, and a trained ResNet-20. */
    static Subject resNet20(Path data, Path weights, int images) throws IOException {
        ImageSplit all = Cifar10.read(data);
        ImageSplit first = new ImageSplit(all.train().take(images), all.test());
        return new Subject(ImageTask.resNet20("ResNet-20", first), 64, 0.001f, weights);
    }

    /** Makes a model with a network whose parameters are random, or the trained ones given. */
    Model model() throws IOException {
        Model model = Model.newInstance(task.name());
        Block block = task.network().get();
        block.initialize(model.getNDManager(), DataType.FLOAT32, task.inputShape());
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
        return task.training(batchSize, SEED).build();
    }

    ImageBatches calibration() {
        return task.calibration(batchSize, SEED);
    }
}
