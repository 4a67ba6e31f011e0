package io.github.djlqat.gradle;

import io.github.djlqat.workflow.ReportRequest;
import io.github.djlqat.workflow.ReportResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.fork.TaskType;
import io.github.djlqat.workflow.model.ModelSource;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradle.api.file.ConfigurableFileCollection;
import org.gradle.api.file.DirectoryProperty;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFile;
import org.gradle.api.tasks.InputFiles;
import org.gradle.api.tasks.Internal;
import org.gradle.api.tasks.Optional;
import org.gradle.api.tasks.OutputDirectory;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;
import org.gradle.api.tasks.TaskAction;
import org.gradle.work.DisableCachingByDefault;

/**
 * Makes a report of one HTML file: how good, large and fast the model is in floating point and
 * quantized, and what quantization does to its layers, weights and activations.
 */
@DisableCachingByDefault(because = "The times are those of the machine that it runs on.")
public abstract class Report extends SamplesTask {

    /** Gradle creates the instance. */
    public Report() {}

    /**
     * The model in floating point that the quantized one is compared with.
     *
     * @return the property
     */
    @Internal
    public abstract Property<File> getReference();

    /**
     * Other models to show beside the quantized one, such as an exported one.
     *
     * @return the files or folders
     */
    @InputFiles
    @PathSensitive(PathSensitivity.RELATIVE)
    public abstract ConfigurableFileCollection getComparedModels();

    /**
     * The report's title; the quantized model's name where there is none.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getTitle();

    /**
     * The report's name: {@code .html}, or {@code .json} for its data.
     *
     * @return the property
     */
    @Input
    public abstract Property<String> getReportName();

    /**
     * Whether the figures are written as well, as SVG, PNG and JSON, into the folder {@code
     * figures}.
     *
     * @return the property
     */
    @Input
    public abstract Property<Boolean> getFigures();

    /**
     * The number of samples that distributions are taken from.
     *
     * @return the property
     */
    @Input
    public abstract Property<Integer> getSamples();

    /**
     * How often each model runs one sample, in turn, to take the median time; 0 not to.
     *
     * @return the property
     */
    @Input
    public abstract Property<Integer> getRuns();

    /**
     * What the command line's {@code train --json} printed, to show the training's curves.
     *
     * @return the property
     */
    @InputFile
    @Optional
    @PathSensitive(PathSensitivity.NONE)
    public abstract Property<File> getTraining();

    /**
     * The folder that the report goes to.
     *
     * @return the property
     */
    @OutputDirectory
    public abstract DirectoryProperty getDestinationDirectory();

    /** Makes the report. */
    @TaskAction
    public void report() {
        List<ModelSource> models = new ArrayList<>(List.of(source()));
        getComparedModels().forEach(file -> models.add(source(file)));
        File training = getTraining().getOrNull();
        Path folder = getDestinationDirectory().get().getAsFile().toPath();
        ReportResult result =
                fork(
                        TaskType.REPORT,
                        new ReportRequest(
                                getTitle().getOrNull(),
                                source(getReference().get()),
                                models,
                                samples("A report needs samples"),
                                getSamples().get(),
                                getBatchSize().get(),
                                getRuns().get(),
                                training == null ? null : training.toPath(),
                                folder.resolve(getReportName().get()),
                                getFigures().get() ? folder.resolve("figures") : null));
        Summaries.models(result).forEach(getLogger()::lifecycle);
        result.notes().forEach(getLogger()::warn);
        getLogger().lifecycle(Summaries.of(result));
    }
}
