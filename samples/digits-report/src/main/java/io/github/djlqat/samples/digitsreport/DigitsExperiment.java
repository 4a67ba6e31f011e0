package io.github.djlqat.samples.digitsreport;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListener;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.onnx.Latency;
import io.github.djlqat.onnx.OnnxVerifier;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.report.ReportCollector;
import io.github.djlqat.report.TrainingCurves;
import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.training.DigitsVariants;
import io.github.djlqat.samples.common.training.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a report says of the variants of a network that reads digits. */
final class DigitsExperiment {

    private final DigitsVariants variants;
    private final List<String> names = new ArrayList<>();
    private final List<Score> scores = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<TrainingCurves> trainings = new ArrayList<>();
    private ReportData.@Nullable Builder details;

    DigitsExperiment(Path folder, ImageSplit images, Console console) throws IOException {
        variants = new DigitsVariants(folder, images, console, this::record);
    }

    private List<TrainingListener> record(String name) {
        TrainingCurves training = new TrainingCurves(name);
        trainings.add(training);
        return List.of(training);
    }

    /** Trains the network in floating point, and saves it for the others to start from. */
    void train(String name, int epochs) throws IOException, TranslateException {
        variants.train(name, epochs, this::add);
    }

    /**
     * Quantizes the trained network, and trains it on for some epochs or none. The report shows the
     * inside of the last one.
     */
    void quantize(String name, Recipe recipe, int epochs)
            throws IOException, TranslateException, MalformedModelException {
        variants.quantize(name, recipe, epochs, this::add);
    }

    private void add(DigitsVariants.Variant variant) throws IOException, TranslateException {
        Evaluation found = Evaluation.of(variant.block(), variants.test());
        names.add(variant.name());
        scores.add(Score.accuracy(found.correct(), found.total()));
        files.add(variant.file());
        if (variant.prepared() != null) {
            details = collect(variant.name(), variant.prepared(), variant.manager());
        }
    }

    private ReportData.Builder collect(String name, QuantizedBlock block, NDManager manager)
            throws IOException, TranslateException {
        ReportCollector collector = new ReportCollector(block, manager);
        try (NDManager scope = manager.newSubManager()) {
            for (Batch batch : variants.test().getData(scope)) {
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

    /**
     * Measures the files in turns, and returns all that is known.
     *
     * @param runs how often each file is run
     */
    ReportData report(int runs) throws IOException {
        float[] image = new float[Math.toIntExact(DigitsVariants.INPUT.size())];
        List<Latency> latencies = OnnxVerifier.latency(files, image, DigitsVariants.INPUT, runs);
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
                .addCurves(curves())
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

    private List<Curve> curves() {
        return trainings.stream()
                .flatMap(training -> training.curves().stream())
                .filter(curve -> curve.quantity().startsWith("validation"))
                .toList();
    }
}
