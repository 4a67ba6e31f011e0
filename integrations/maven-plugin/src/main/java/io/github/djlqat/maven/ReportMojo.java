package io.github.djlqat.maven;

import io.github.djlqat.workflow.ReportRequest;
import io.github.djlqat.workflow.ReportResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.fork.TaskType;
import io.github.djlqat.workflow.model.ModelSource;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/**
 * Makes a report of one HTML file: how good, large and fast the model is in floating point and
 * quantized, and what quantization does to its layers, weights and activations. Nothing is done
 * while the models, the samples and the report are as they were.
 */
@Mojo(
        name = "report",
        defaultPhase = LifecyclePhase.VERIFY,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
public final class ReportMojo extends AbstractSamplesMojo {

    /** Other models to show beside the quantized one, such as the exported one. */
    @Parameter(property = "djlqat.comparedModels")
    private List<File> comparedModels = List.of();

    /** The report's title; the quantized model's name by default. */
    @Parameter(property = "djlqat.reportTitle")
    private @Nullable String reportTitle;

    /** The report: an .html file, or a .json file of its data. */
    @Parameter(
            property = "djlqat.reportFile",
            defaultValue = "${project.build.directory}/djl-qat/report.html")
    private File reportFile;

    /** A folder to write the figures to as well, as SVG, PNG and JSON. */
    @Parameter(property = "djlqat.figures")
    private @Nullable File figures;

    /** The number of samples that distributions are taken from. */
    @Parameter(property = "djlqat.reportSamples", defaultValue = "256")
    private int reportSamples;

    /** How often each model runs one sample, in turn, to take the median time; 0 not to. */
    @Parameter(property = "djlqat.reportRuns", defaultValue = "50")
    private int reportRuns;

    /** What the command line's {@code train --json} printed, to show the training's curves. */
    @Parameter(property = "djlqat.training")
    private @Nullable File training;

    @Override
    void run() throws MojoExecutionException {
        DataSource samples = samples("A report needs samples");
        List<Path> models = new ArrayList<>(List.of(quantized()));
        comparedModels.forEach(file -> models.add(file.toPath()));
        ReportRequest request = request(samples, models);
        List<Path> outputs = new ArrayList<>(List.of(request.output()));
        if (request.figures() != null) {
            outputs.add(request.figures());
        }
        make(
                request,
                inputs(samples, models),
                outputs,
                () -> print(fork(TaskType.REPORT, request)));
    }

    private ReportRequest request(DataSource samples, List<Path> models) {
        List<ModelSource> sources = models.stream().map(this::source).toList();
        return new ReportRequest(
                reportTitle,
                source(model.toPath()),
                sources,
                samples,
                reportSamples,
                batchSize,
                reportRuns,
                training == null ? null : training.toPath(),
                reportFile.toPath(),
                figures == null ? null : figures.toPath());
    }

    private List<Path> inputs(DataSource samples, List<Path> models) {
        List<Path> inputs = new ArrayList<>(models);
        inputs.add(model.toPath());
        inputs.addAll(DataParameters.files(samples));
        if (training != null) {
            inputs.add(training.toPath());
        }
        return inputs;
    }

    private void print(ReportResult result) {
        Summaries.models(result).forEach(getLog()::info);
        result.notes().forEach(getLog()::warn);
        getLog().info(Summaries.of(result));
    }
}
