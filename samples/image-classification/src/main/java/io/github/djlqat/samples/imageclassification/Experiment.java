package io.github.djlqat.samples.imageclassification;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.fakequant.ConvertedModel;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.onnx.Latency;
import io.github.djlqat.onnx.OnnxExporter;
import io.github.djlqat.onnx.OnnxVerifier;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.safetensors.SafetensorsFile;
import io.github.djlqat.safetensors.SafetensorsLoader;
import io.github.djlqat.samples.common.console.ResultsTable;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.model.CifarResNet;
import io.github.djlqat.samples.common.training.DistillationLoss;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.ImageTask;
import io.github.djlqat.samples.common.training.Seeds;
import io.github.djlqat.samples.common.training.Verification;
import io.github.djlqat.sensitivity.PrecisionPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network in floating point, and what quantization makes of it: rows of a table, and a folder of
 * files.
 *
 * <p>The floating-point parameters are saved in the folder once, and each variant starts from that
 * file.
 */
final class Experiment {

    private static final String FP32 = "fp32";
    private static final int CALIBRATION_BATCH = 100;
    private static final int CALIBRATION_BATCHES = 10;
    private static final int LATENCY_RUNS = 50;
    private static final float DISTILLATION_ALPHA = 0.3f;
    private static final float DISTILLATION_TEMPERATURE = 4;

    private final ImageTask task;
    private final Path folder;
    private final PrintStream out;
    private final Training training;
    private final ImageBatches test;
    private final List<ResultsTable.Row> rows = new ArrayList<>();
    private final List<Path> exported = new ArrayList<>();

    Experiment(ImageTask task, Path folder, Console console, PrintStream out) throws IOException {
        this.task = task;
        this.folder = Files.createDirectories(folder);
        this.out = out;
        this.training = new Training(console, out, task);
        this.test = task.test();
    }

    /** Takes the floating-point parameters from a file of PyTorch's names. */
    void loadFp32(Path weights) throws IOException, TranslateException {
        long start = System.nanoTime();
        try (Model model = fresh();
                SafetensorsFile file = SafetensorsFile.open(weights)) {
            SafetensorsLoader.builder()
                    .optNameMapper(CifarResNet::parameterName)
                    .build()
                    .load(file, model.getBlock(), model.getNDManager());
            finishFp32(model, start);
        }
    }

    /** Trains the floating-point parameters. */
    void trainFp32(Schedule schedule, int seed) throws IOException, TranslateException {
        long start = System.nanoTime();
        Seeds.set(seed);
        try (Model model = fresh()) {
            ImageBatches images = task.training(schedule.batchSize(), seed).build();
            training.fit(FP32, model, images, Loss.softmaxCrossEntropyLoss(), schedule);
            finishFp32(model, start);
        }
    }

    private void finishFp32(Model model, long start) throws IOException, TranslateException {
        model.save(folder, FP32);
        List<Graph> graphs = new ArrayList<>();
        try (NDManager manager = model.getNDManager().newSubManager()) {
            for (int batch = 1; batch <= 2; batch++) {
                NDList input = new NDList(manager.zeros(task.images().train().batchShape(batch)));
                graphs.add(GraphTracer.trace(model.getBlock(), manager, input));
            }
            addRow(FP32, model.getBlock(), graphs, start);
        }
    }

    /**
     * Searches a mixed-precision recipe, prints what it gives each layer, and writes it into the
     * folder.
     */
    Recipe search(PrecisionSearch search, int seed)
            throws IOException, TranslateException, MalformedModelException, InterruptedException {
        try (Model model = fp32()) {
            PrecisionPlan plan =
                    search.run(model, task.calibration(CALIBRATION_BATCH, seed), task.inputShape());
            Path file = folder.resolve(plan.recipe().name() + ".yaml");
            AtomicFile.write(
                    file, RecipeWriter.toYaml(plan.recipe()).getBytes(StandardCharsets.UTF_8));
            out.print(plan.report());
            out.println("Written to " + file);
            return plan.recipe();
        }
    }

    /** Quantizes after training: ranges from a few batches, no gradient. */
    void quantize(Recipe recipe, int seed)
            throws IOException, TranslateException, MalformedModelException {
        long start = System.nanoTime();
        try (Model model = prepared(recipe, seed)) {
            addRow("ptq-" + recipe.name(), model, start);
        }
    }

    /**
     * Quantizes and trains on.
     *
     * @param name the row's name
     * @param recipe the recipe
     * @param schedule the schedule
     * @param seed decides the order of the images and their augmentation
     * @param distill whether the floating-point network's outputs are learned as well
     * @return the outcome on the test images
     */
    Evaluation fineTune(String name, Recipe recipe, Schedule schedule, int seed, boolean distill)
            throws IOException, TranslateException, MalformedModelException {
        long start = System.nanoTime();
        ImageBatches.Builder images = task.training(schedule.batchSize(), seed);
        try (Model model =
                        prepared(
                                recipe.withTraining(schedule.freezing(images.build().batches())),
                                seed);
                Model teacher = fp32()) {
            Loss loss = Loss.softmaxCrossEntropyLoss();
            if (distill) {
                images.optTeacher(Evaluation.logits(teacher.getBlock()));
                loss = new DistillationLoss(DISTILLATION_ALPHA, DISTILLATION_TEMPERATURE);
            }
            training.fit(name, model, images.build(), loss, schedule);
            model.save(folder, name);
            return addRow(name, model, start);
        }
    }

    /** Prints the time that the exported files take in ONNX Runtime, measured in turns. */
    void printLatencies() throws IOException {
        float[] image = new float[Math.toIntExact(task.inputShape().size())];
        out.printf("ONNX Runtime, one image:%n");
        for (Latency latency :
                OnnxVerifier.latency(exported, image, task.inputShape(), LATENCY_RUNS)) {
            out.printf(
                    Locale.ROOT,
                    "  %s: median %.3f ms, mean %.3f ms%n",
                    latency.path().getFileName(),
                    latency.medianMillis(),
                    latency.meanMillis());
        }
    }

    /** Prints the table and writes it into the folder. */
    void finish() throws IOException {
        ResultsTable table = new ResultsTable(rows);
        out.println();
        out.print(table.format());
        out.println("Written to " + table.write(folder));
    }

    private Model fresh() {
        Model model = Model.newInstance(task.name());
        Block block = task.network().get();
        block.initialize(model.getNDManager(), DataType.FLOAT32, task.inputShape());
        model.setBlock(block);
        return model;
    }

    private Model fp32() throws IOException, MalformedModelException {
        Model model = Model.newInstance(task.name());
        model.setBlock(task.network().get());
        model.load(folder, FP32);
        return model;
    }

    private Model prepared(Recipe recipe, int seed)
            throws IOException, TranslateException, MalformedModelException {
        Seeds.set(seed);
        Model model = fp32();
        Quantization.prepare(model, recipe, task.inputShape());
        Quantization.calibrate(
                model, task.calibration(CALIBRATION_BATCH, seed), CALIBRATION_BATCHES);
        return model;
    }

    private Evaluation addRow(String name, Model prepared, long start)
            throws IOException, TranslateException {
        ConvertedModel converted = Quantization.convert(prepared);
        return addRow(name, converted.block(), converted.graphs(), start);
    }

    private Evaluation addRow(String name, Block block, List<Graph> graphs, long start)
            throws IOException, TranslateException {
        Path file = folder.resolve(name + ".onnx");
        OnnxExporter.builder()
                .optModelName(name)
                .build()
                .export(graphs.get(0), graphs.get(1), file);
        Verification found = Verification.of(file, block, test);
        Evaluation evaluation = found.evaluation();
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
                Locale.ROOT,
                "%s: %d of %d right; ONNX Runtime agrees on %d of %d, logits differ by at most %.2g"
                        + " (one output step: %.2g); %d bytes%n",
                name,
                evaluation.correct(),
                evaluation.total(),
                found.agreement().sameClass(),
                found.agreement().samples(),
                found.agreement().maxAbsDifference(),
                found.outputStep(),
                found.bytes());
        exported.add(file);
        rows.add(
                new ResultsTable.Row(
                        name,
                        evaluation.accuracy(),
                        found.bytes(),
                        found.agreement().agreement(),
                        seconds));
        return evaluation;
    }
}
