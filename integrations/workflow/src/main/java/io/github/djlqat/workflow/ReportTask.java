package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.report.Figures;
import io.github.djlqat.report.HtmlReport;
import io.github.djlqat.report.ReportCollector;
import io.github.djlqat.report.ReportJson;
import io.github.djlqat.report.data.Curve;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.data.ResultRow;
import io.github.djlqat.report.data.Score;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.SampleReaders;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.ModelSource;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a report of models: how good, large and fast they are, and what quantization does inside.
 */
public final class ReportTask implements Task<ReportRequest, ReportResult> {

    /** Creates the task. */
    public ReportTask() {}

    @Override
    public ReportResult run(ReportRequest request, Progress progress) {
        return Guard.run(() -> new Run(request, progress).report());
    }

    /** A report that is being made. */
    private static final class Run {

        private final long start = System.nanoTime();
        private final ReportRequest request;
        private final Progress progress;
        private final Samples samples;
        private final @Nullable Metric metric;
        private final List<Curve> curves;

        Run(ReportRequest request, Progress progress) throws IOException {
            this.request = request;
            this.progress = progress;
            String name = request.output().toString().toLowerCase(Locale.ROOT);
            if (!name.endsWith(".html") && !name.endsWith(".json")) {
                throw new WorkflowException(
                        "A report is written as .html, or its data as .json, not as "
                                + request.output()
                                + ".");
            }
            Outputs.requireWritableFile(request.output());
            Outputs.requireApart(request.output(), request.training());
            if (request.figures() != null && Files.isRegularFile(request.figures())) {
                throw new WorkflowException(
                        "The figures go into a folder, and " + request.figures() + " is a file.");
            }
            curves = TrainingCurves.read(request.training());
            samples = SampleReaders.read(request.data());
            metric = samples.labels() == null ? null : Metric.of((String) null, samples.labels());
        }

        ReportResult report() throws IOException {
            List<ModelSource> sources = new ArrayList<>();
            if (request.reference() != null) {
                sources.add(request.reference());
            }
            sources.addAll(request.models());
            List<OpenedModel> models = new ArrayList<>();
            try {
                for (ModelSource source : sources) {
                    OpenedModel model = ModelReaders.open(source);
                    models.add(model);
                    Models.requireFit(model, samples);
                }
                return report(models);
            } finally {
                models.forEach(OpenedModel::close);
            }
        }

        private ReportResult report(List<OpenedModel> models) throws IOException {
            List<ComparedModel> rows = compare(models);
            String name = name(request.models().get(0).path());
            ReportData.Builder builder =
                    ReportData.builder(request.title() == null ? name : request.title())
                            .optModel(name)
                            .addResults(results(rows))
                            .addCurves(curves)
                            .addEnvironment("Java", System.getProperty("java.version"))
                            .addEnvironment(
                                    "System",
                                    System.getProperty("os.name")
                                            + " "
                                            + System.getProperty("os.arch"));
            List<String> notes = new ArrayList<>();
            collectFirst(models, builder, notes);
            ReportData report = builder.addNotes(notes).build();
            Interruption.check();
            List<Path> figures =
                    request.figures() == null
                            ? List.of()
                            : Figures.write(report, request.figures());
            if (request.output().toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
                HtmlReport.write(report, request.output());
            } else {
                ReportJson.write(report, request.output());
            }
            return new ReportResult(
                    request.output().toString(),
                    figures.stream().map(Path::toString).toList(),
                    metric == null ? null : metric.metricName(),
                    rows,
                    report.layers().size(),
                    notes,
                    (System.nanoTime() - start) / 1e9);
        }

        private List<ComparedModel> compare(List<OpenedModel> models) throws IOException {
            SampleDataset data = samples.dataset(request.batchSize());
            List<@Nullable Double> medians = Latencies.medians(models, samples, request.runs());
            List<ComparedModel> rows = new ArrayList<>();
            for (int i = 0; i < models.size(); i++) {
                OpenedModel model = models.get(i);
                @Nullable Double value =
                        metric == null
                                ? null
                                : (Double) Evaluation.of(model, data, metric, progress).value();
                rows.add(ComparedModel.of(model, value, medians.get(i)));
            }
            return rows;
        }

        /** Models of one file name are told apart by as many folders as that takes. */
        private List<ResultRow> results(List<ComparedModel> models) {
            List<Path> paths =
                    models.stream()
                            .map(model -> Path.of(model.model()).toAbsolutePath().normalize())
                            .toList();
            return IntStream.range(0, models.size())
                    .mapToObj(i -> row(models.get(i), name(paths.get(i), paths)))
                    .toList();
        }

        private static String name(Path path, List<Path> all) {
            for (int names = 1; names < path.getNameCount(); names++) {
                int taken = names;
                List<Path> ends = all.stream().map(other -> end(other, taken)).toList();
                if (Collections.frequency(ends, end(path, names)) == 1) {
                    return end(path, names).toString();
                }
            }
            return name(path);
        }

        private static Path end(Path path, int names) {
            int count = path.getNameCount();
            return count == 0 ? path : path.subpath(Math.max(0, count - names), count);
        }

        private ResultRow row(ComparedModel model, String name) {
            return new ResultRow(
                    name,
                    model.value() == null || metric == null ? null : score(metric, model.value()),
                    model.bytes(),
                    model.medianMillis());
        }

        private Score score(Metric known, double value) {
            return known == Metric.TOP1
                    ? Score.accuracy(Math.round(value * samples.size()), samples.size())
                    : new Score(known.metricName(), "", value, known.higherIsBetter(), null);
        }

        /** Shows the inside of the first quantized model that there is a way into. */
        private void collectFirst(
                List<OpenedModel> models, ReportData.Builder builder, List<String> notes)
                throws IOException {
            for (OpenedModel model : models) {
                if (model instanceof BlockModel block && block.prepared().isPresent()) {
                    collect(block, builder);
                    return;
                }
                if (model instanceof ScriptModel script && script.isPrepared()) {
                    try (QuantizedScript.Lifted lifted = lift(script, models.get(0))) {
                        collect(lifted.model(), builder);
                        builder.addNotes(List.of(note(script, lifted.difference())));
                        return;
                    } catch (WorkflowException e) {
                        notes.add(
                                "The layers of "
                                        + name(script.path())
                                        + " are not shown: "
                                        + e.getMessage());
                    }
                }
            }
        }

        private static String note(ScriptModel script, double difference) {
            return "The layers of "
                    + name(script.path())
                    + " are those of its program run by DJL's operations with the file's scales. "
                    + (difference == 0
                            ? "Its outputs are the file's to the last bit."
                            : String.format(
                                    Locale.ROOT,
                                    "Its outputs differ from the file's by %.2g %% of their root"
                                            + " mean square.",
                                    100 * difference));
        }

        private QuantizedScript.Lifted lift(ScriptModel script, OpenedModel first) {
            @Nullable ScriptModel reference =
                    request.reference() != null
                                    && first instanceof ScriptModel given
                                    && !given.isPrepared()
                            ? given
                            : null;
            return Guard.run(
                    () -> {
                        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                                Batch batch = data().getData(manager).iterator().next()) {
                            return QuantizedScript.lift(script, reference, batch.getData());
                        }
                    });
        }

        private SampleDataset data() {
            return Calibrations.data(
                    samples, new Calibration(request.batchSize(), request.samples()));
        }

        private void collect(BlockModel model, ReportData.Builder builder) {
            Models.unconvert(model);
            NDManager manager = model.model().getNDManager();
            ReportCollector collector =
                    new ReportCollector(model.prepared().orElseThrow(), manager);
            try (CalibrationBatches batches =
                    new CalibrationBatches("observe", manager, data(), progress)) {
                batches.forEach(collector::observe);
            }
            collector.addTo(builder);
            builder.optRecipe(RecipeWriter.toYaml(model.prepared().orElseThrow().getRecipe()));
        }

        private static String name(Path path) {
            return String.valueOf(path.toAbsolutePath().normalize().getFileName());
        }
    }
}
