package io.github.djlqat.samples.quickstart;

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
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.TrainingProgressListener;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.samples.common.console.ResultsTable;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.DigitsNet;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.Seeds;
import io.github.djlqat.samples.common.training.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The three ways to a network that reads digits: as it is trained, quantized, and quantized and
 * trained on.
 */
final class DigitsExample {

    private static final int SEED = 1;
    private static final int BATCH_SIZE = 32;
    private static final int CALIBRATION_BATCHES = 10;
    private static final float FP32_RATE = 0.01f;
    private static final float QAT_RATE = 0.005f;
    private static final String TRAINED = "digits";
    private static final Shape INPUT = new Shape(1, 1, Digits.SIDE, Digits.SIDE);

    private final Path folder;
    private final Console console;
    private final ImageSplit images = Digits.split(SEED);
    private final ImageBatches test = batches(images.test(), false);

    DigitsExample(Path folder, Console console) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.console = console;
    }

    /** Trains the network in floating point, and saves it for the others to start from. */
    ResultsTable.Row train(String name, int epochs) throws IOException, TranslateException {
        long start = System.nanoTime();
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
            return export(
                    name,
                    network,
                    GraphTracer.trace(network, manager, one),
                    GraphTracer.trace(network, manager, two),
                    start);
        }
    }

    /** Quantizes the trained network: ten batches choose the ranges of its activations. */
    ResultsTable.Row quantize(String name, Recipe recipe)
            throws IOException, TranslateException, MalformedModelException {
        return quantizeAndTrain(name, recipe, 0);
    }

    /** Quantizes the trained network, and trains it on as quantized. */
    ResultsTable.Row quantizeAndTrain(String name, Recipe recipe, int epochs)
            throws IOException, TranslateException, MalformedModelException {
        long start = System.nanoTime();
        Seeds.set(SEED);
        try (Model model = Model.newInstance(TRAINED)) {
            model.setBlock(new DigitsNet());
            model.load(folder, TRAINED);
            Quantization.prepare(model, recipe.withTraining(freezing(epochs)), INPUT);
            Quantization.calibrate(model, batches(images.train(), true), CALIBRATION_BATCHES);
            if (epochs > 0) {
                fit(name, model, epochs, QAT_RATE);
            }
            ConvertedModel converted = Quantization.convert(model);
            List<Graph> graphs = converted.graphs();
            return export(name, converted.block(), graphs.get(0), graphs.get(1), start);
        }
    }

    private void fit(String name, Model model, int epochs, float rate)
            throws IOException, TranslateException {
        ImageBatches train = batches(images.train(), true);
        Tracker cosine =
                Tracker.cosine()
                        .setBaseValue(rate)
                        .optFinalValue(rate / 100)
                        .setMaxUpdates(epochs * train.batches())
                        .build();
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(cosine).build())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new TrainingProgressListener(
                                        console, name, epochs, train.batches()));
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.setMetrics(new Metrics());
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, epochs, train, test);
        }
    }

    private ResultsTable.Row export(
            String name, Block block, Graph graph, Graph otherBatch, long start)
            throws IOException, TranslateException {
        Path file = folder.resolve(name + ".onnx");
        OnnxExporter.builder().optModelName(name).build().export(graph, otherBatch, file);
        double accuracy = Evaluation.of(block, test).accuracy();
        Verification found = Verification.of(file, block, test);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new ResultsTable.Row(
                name, accuracy, found.bytes(), found.agreement().agreement(), seconds);
    }

    /** BatchNorms and observers rest in the last fifth of the steps. */
    private TrainingOptions freezing(int epochs) {
        long step = epochs * batches(images.train(), true).batches() * 4L / 5;
        return new TrainingOptions(true, step, step);
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
