package io.github.djlqat.cli;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.DigitsNet;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** A folder with a network for digits in each kind of file, and with digits. */
final class Fixture {

    static final String NETWORK = DigitsNet.class.getName();

    private static final Shape INPUT = new Shape(1, 1, Digits.SIDE, Digits.SIDE);

    static {
        // Each model runs a few times only, and optimizing its program first takes longer than
        // that.
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false);
    }

    private Fixture() {}

    /** Makes {@code digits/}, {@code digits.safetensors}, {@code digits.pt} and two .npz files. */
    static void write(Path folder) throws Exception {
        ImageSplit split = Digits.split(1);
        train(folder, "digits", new DigitsNet(), split.train());
        arrays(split.train(), folder.resolve("train.npz"));
        arrays(split.test(), folder.resolve("test.npz"));
        copy("digits.pt", folder.resolve("digits.pt"));
    }

    /** Makes the files that the page names. */
    static void writeReadmeFiles(Path folder, Class<?> network) throws Exception {
        ImageSplit split = Digits.split(1);
        train(folder, "net", (Block) network.getDeclaredConstructor().newInstance(), split.train());
        arrays(split.train(), folder.resolve("train.npz"));
        arrays(split.test(), folder.resolve("test.npz"));
        copy("digits.pt", folder.resolve("model.pt"));
    }

    private static void copy(String resource, Path file) throws IOException {
        try (InputStream in = Fixture.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(in), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void train(Path folder, String name, Block network, ImageSet images)
            throws Exception {
        Seeds.set(1);
        try (Model model = Model.newInstance(name)) {
            network.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            model.setBlock(network);
            ImageBatches data =
                    ImageBatches.builder()
                            .setImages(images)
                            .setNormalization(Digits.normalization())
                            .setSampling(32, true)
                            .optSeed(1)
                            .build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(0.005f))
                                            .build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(INPUT);
                EasyTrain.fit(trainer, 3, data, null);
            }
            Path target = Files.createDirectory(folder.resolve(name));
            model.save(target, name);
            Files.writeString(
                    target.resolve("serving.properties"),
                    "engine=PyTorch\nblockFactory=" + NETWORK + "\n");
            SafetensorsLoader.save(network, folder.resolve(name + ".safetensors"));
        }
    }

    /** Writes images as NumPy's arrays, by DJL's own encoder. */
    private static void arrays(ImageSet images, Path file) throws IOException {
        float[] values = new float[images.size() * Digits.SIDE * Digits.SIDE];
        long[] labels = new long[images.size()];
        int at = 0;
        for (int i = 0; i < labels.length; i++) {
            labels[i] = images.label(i);
            for (int row = 0; row < Digits.SIDE; row++) {
                for (int column = 0; column < Digits.SIDE; column++) {
                    values[at++] = images.pixel(i, 0, row, column) / 16f;
                }
            }
        }
        try (NDManager manager = NDManager.newBaseManager();
                OutputStream out = Files.newOutputStream(file)) {
            NDArray array = manager.create(values, images.batchShape(images.size()));
            array.setName("images");
            NDArray classes = manager.create(labels);
            classes.setName("labels");
            new NDList(array, classes).encode(out, NDList.Encoding.NPZ);
        }
    }
}
