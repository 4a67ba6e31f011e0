package io.github.djlqat.samples.digitsreport;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
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
import ai.djl.training.dataset.Batch;
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
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.onnx.Latency;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.onnx.OnnxVerifier;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.report.ReportCollector;
import io.github.djlqat.report.TrainingCurves;
import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.model.DigitsNet;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The variants of a network that reads digits, and what a report says of them. */
final class DigitsExperiment {

    private static final int SEED = 1;
    private static final int BATCH_SIZE = 32;
    private static final int CALIBRATION_BATCHES = 10;
    private static final int LATENCY_RUNS = 300;
    private static final float FP32_RATE = 0.01f;
    private static final float QAT_RATE = 0.005f;
    private static final String TRAINED = "digits";
    private static final Shape INPUT = new Shape(1, 1, Digits.SIDE, Digits.SIDE);

    private final Path folder;
    private final Console console;
    private final ImageSplit images = Digits.split(SEED);
    private final ImageBatches test = batches(images.test(), false);
    private final List<String> names = new ArrayList<>();
    private final List<Score> scores = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<Curve> curves = new ArrayList<>();
    private ReportData.@Nullable Builder details;

    DigitsExperiment(Path folder, Console console) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.console = console;
    }

    /** Trains the network in floating point, and saves it for the others to start from. */
    void train(String name, int epochs) throws IOException, TranslateException {
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
            add(
                    name,
                    network,
                    List.of(
                            GraphTracer.trace(network, manager, one),
                            GraphTracer.trace(network, manager, two)));
        }
    }

    /**
     * Quantizes the trained network, and trains it on for some epochs or none. The report shows the
     * inside of the last one.
     */
    void quantize(String name, Recipe recipe, int epochs)
            throws IOException, TranslateException, MalformedModelException {
        Seeds.set(SEED);
        try (Model model = Model.newInstance(TRAINED)) {
            model.setBlock(new DigitsNet());
            model.load(folder, TRAINED);
            QuantizedBlock block =
                    Quantization.prepare(model, recipe.withTraining(freezing(epochs)), INPUT);
            Quantization.calibrate(model, batches(images.train(), true), CALIBRATION_BATCHES);
            if (epochs > 0) {
                fit(name, model, epochs, QAT_RATE);
            }
            ConvertedModel converted = Quantization.convert(block);
            add(name, converted.block(), converted.graphs());
            details = collect(name, block, model.getNDManager());
        }
    }

    private ReportData.Builder collect(String name, QuantizedBlock block, NDManager manager)
            throws IOException, TranslateException {
        ReportCollector collector = new ReportCollector(block, manager);
        try (NDManager scope = manager.newSubManager()) {
            for (Batch batch : test.getData(scope)) {
                try (batch) {
                    collector.observe(batch.getData());
                }
            }
        }
        return collector
                .addTo(ReportData.builder("Handwritten digits, quantized"))
                .optModel(name)
                .addNotes(
                        List.of(
                                "A network of five layers on 8 by 8 pixels: in floating point,"
                                        + " quantized after training, and quantized and trained on."
                                        + " Layers, distributions and graph are those of "
                                        + name
                                        + "."));
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
        TrainingCurves recorded = new TrainingCurves(name);
        TrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(cosine).build())
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                recorded,
                                new TrainingProgressListener(
                                        console, name, epochs, train.batches()));
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.setMetrics(new Metrics());
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, epochs, train, test);
        }
        recorded.curves().stream()
                .filter(curve -> curve.quantity().startsWith("validation"))
                .forEach(curves::add);
    }

    private void add(String name, Block block, List<Graph> graphs)
            throws IOException, TranslateException {
        Path file = folder.resolve(name + ".onnx");
        OnnxExporter.builder()
                .optModelName(name)
                .build()
                .export(graphs.get(0), graphs.get(1), file);
        Evaluation found = Evaluation.of(block, test);
        names.add(name);
        scores.add(Score.accuracy(found.correct(), found.total()));
        files.add(file);
    }

    /** Measures the files in turns, and returns all that is known. */
    ReportData report() throws IOException {
        float[] image = new float[Math.toIntExact(INPUT.size())];
        List<Latency> latencies = OnnxVerifier.latency(files, image, INPUT, LATENCY_RUNS);
        List<ResultRow> rows = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            rows.add(
                    new ResultRow(
                            names.get(i),
                            scores.get(i),
                            Files.size(files.get(i)),
                            latencies.get(i).medianMillis()));
        }
        return Objects.requireNonNull(details)
                .addResults(rows)
                .addCurves(curves)
                .addEnvironment("Java", Runtime.version().toString())
                .addEnvironment(
                        "DJL engine",
                        Engine.getInstance().getEngineName()
                                + " "
                                + Engine.getInstance().getVersion())
                .addEnvironment(
                        "Platform",
                        System.getProperty("os.name") + ", " + System.getProperty("os.arch"))
                .addEnvironment("Size", "the exported ONNX file")
                .addEnvironment("Latency", "one image in ONNX Runtime, median")
                .build();
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
