package io.github.djlqat.samples.common.training;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.extension.training.TrainingLength;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.DigitsNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ways to a network that reads digits: as it is trained, quantized, and quantized and trained
 * on. Each is exported to ONNX, and given away while its arrays are there.
 */
public final class DigitsVariants {

    /** The shape of one image: 1 x 1 x 8 x 8. */
    public static final Shape INPUT = new Shape(1, 1, Digits.SIDE, Digits.SIDE);

    private static final int SEED = 1;
    private static final int BATCH_SIZE = 32;
    private static final int CALIBRATION_BATCHES = 10;
    private static final float FP32_RATE = 0.01f;
    private static final float QAT_RATE = 0.005f;
    private static final double FREEZING = 0.8;
    private static final String TRAINED = "digits";

    private final Path folder;
    private final ImageSplit images;
    private final Console console;
    private final Function<String, List<TrainingListener>> listeners;

    /**
     * One way to the network.
     *
     * @param name its name
     * @param block what computes as the exported file does
     * @param prepared the block before it was converted; null in floating point
     * @param manager the manager of the block's arrays
     * @param file the exported ONNX file
     */
    public record Variant(
            String name,
            Block block,
            @Nullable QuantizedBlock prepared,
            NDManager manager,
            Path file) {}

    /** What is made of a variant. */
    @FunctionalInterface
    public interface Use {

        /**
         * Looks at a variant, whose arrays are freed afterwards.
         *
         * @param variant the variant
         * @throws IOException if a file cannot be read or written
         * @throws TranslateException if images cannot be processed
         */
        void of(Variant variant) throws IOException, TranslateException;
    }

    /**
     * Makes the folder.
     *
     * @param folder where the trained network and the exported files are written
     * @param images what to train and to test on
     * @param console where progress is shown
     * @param listeners gives further listeners for the training of a variant, by its name
     * @throws IOException if the folder cannot be made
     */
    public DigitsVariants(
            Path folder,
            ImageSplit images,
            Console console,
            Function<String, List<TrainingListener>> listeners)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.images = images;
        this.console = console;
        this.listeners = listeners;
    }

    /**
     * Returns the images to test on, in batches of 32.
     *
     * @return the batches, in one order
     */
    public ImageBatches test() {
        return batches(images.test(), false);
    }

    /**
     * Trains the network in floating point, and saves it for the others to start from.
     *
     * @param name the variant's name
     * @param epochs the number of passes over the training images, at least 1
     * @param use what is made of it
     * @throws IOException if a file cannot be written
     * @throws TranslateException if the images cannot be processed
     */
    public void train(String name, int epochs, Use use) throws IOException, TranslateException {
        Seeds.set(SEED);
        try (Model model = Model.newInstance(TRAINED);
                NDManager manager = NDManager.newBaseManager()) {
            Block network = new DigitsNet();
            network.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
            model.setBlock(network);
            fit(name, model, epochs, FP32_RATE);
            model.save(folder, TRAINED);
            NDList one = new NDList(manager.zeros(INPUT));
            NDList two = new NDList(manager.zeros(new Shape(2, 1, Digits.SIDE, Digits.SIDE)));
            List<Graph> graphs =
                    List.of(
                            GraphTracer.trace(network, manager, one),
                            GraphTracer.trace(network, manager, two));
            Path file = export(name, graphs);
            use.of(new Variant(name, network, null, model.getNDManager(), file));
        }
    }

    /**
     * Quantizes the trained network, the ranges of activations chosen by ten batches, and trains it
     * on as quantized for some epochs or none.
     *
     * @param name the variant's name
     * @param recipe what is quantized and how; BatchNorms and observers rest in the last fifth of
     *     the steps
     * @param epochs the number of passes over the training images, or 0
     * @param use what is made of it
     * @throws IOException if a file cannot be read or written
     * @throws TranslateException if the images cannot be processed
     * @throws MalformedModelException if the trained network cannot be read back
     */
    public void quantize(String name, Recipe recipe, int epochs, Use use)
            throws IOException, TranslateException, MalformedModelException {
        Seeds.set(SEED);
        try (Model model = Model.newInstance(TRAINED)) {
            model.setBlock(new DigitsNet());
            model.load(folder, TRAINED);
            QuantizedBlock block =
                    Quantization.prepare(
                            model,
                            epochs == 0 ? recipe : recipe.withTraining(freezing(epochs)),
                            INPUT);
            Quantization.calibrate(model, batches(images.train(), true), CALIBRATION_BATCHES);
            if (epochs > 0) {
                fit(name, model, epochs, QAT_RATE);
            }
            ConvertedModel converted = Quantization.convert(block);
            Path file = export(name, converted.graphs());
            use.of(new Variant(name, converted.block(), block, model.getNDManager(), file));
        }
    }

    private void fit(String name, Model model, int epochs, float rate)
            throws IOException, TranslateException {
        ImageBatches train = batches(images.train(), true);
        Tracker cosine = new TrainingLength(epochs, train.batches()).cosine(rate, rate / 100);
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(cosine).build())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(new EvaluatorTrainingListener())
                        .addTrainingListeners(
                                listeners.apply(name).toArray(TrainingListener[]::new))
                        .addTrainingListeners(
                                new TrainingProgressListener(
                                        console, name, epochs, train.batches()));
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.setMetrics(new Metrics());
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, epochs, train, test());
        }
    }

    private Path export(String name, List<Graph> graphs) throws IOException {
        Path file = folder.resolve(name + ".onnx");
        OnnxExporter.builder().optModelName(name).build().export(graphs, file);
        return file;
    }

    private TrainingOptions freezing(int epochs) {
        return new TrainingLength(epochs, batches(images.train(), true).batches())
                .freezing(TrainingOptions.DEFAULT, FREEZING);
    }

    private static ImageBatches batches(ImageSet set, boolean shuffled) {
        return ImageBatches.builder()
                .setImages(set)
                .setNormalization(Digits.normalization())
                .setSampling(BATCH_SIZE, shuffled)
                .optSeed(SEED)
                .build();
    }
}
