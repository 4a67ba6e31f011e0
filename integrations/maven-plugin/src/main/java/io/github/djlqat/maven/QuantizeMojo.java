package io.github.djlqat.maven;

import io.github.djlqat.workflow.Calibration;
import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.Recipes;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.fork.TaskType;
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
 * Quantizes a model by a recipe, and attaches it to the project. Nothing is done while the model,
 * the samples, the recipe and the output are as they were.
 */
@Mojo(
        name = "quantize",
        defaultPhase = LifecyclePhase.PREPARE_PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
public final class QuantizeMojo extends AbstractAttachingMojo {

    /**
     * The recipe: the name of a preset, such as int8, or a file, sought in the project's folder and
     * among its resources.
     */
    @Parameter(property = "djlqat.recipe", defaultValue = "int8")
    private String recipe;

    /** The samples that the ranges of activations are chosen from. */
    @Parameter private @Nullable DataParameters data;

    /** The number of samples that are used at most. */
    @Parameter(property = "djlqat.calibrationSamples", defaultValue = "320")
    private int calibrationSamples;

    /** The number of samples that are run at a time. */
    @Parameter(property = "djlqat.batchSize", defaultValue = "32")
    private int batchSize;

    @Override
    void run() throws MojoExecutionException {
        Path output = output();
        String found = RecipeFinder.find(project, recipe);
        @Nullable DataSource samples = data == null ? null : data.source();
        QuantizeRequest request =
                new QuantizeRequest(
                        source(model.toPath()),
                        found,
                        samples,
                        new Calibration(batchSize, calibrationSamples),
                        output);
        make(
                request,
                inputs(found, samples),
                List.of(output),
                () -> print(fork(TaskType.QUANTIZE, request)));
        attach(output);
    }

    private List<Path> inputs(String found, @Nullable DataSource samples) {
        List<Path> inputs = new ArrayList<>();
        inputs.add(model.toPath());
        if (Recipes.isFile(found)) {
            inputs.add(Path.of(found));
        }
        if (samples != null) {
            inputs.addAll(DataParameters.files(samples));
        }
        return inputs;
    }

    private void print(QuantizeResult result) {
        getLog().info(Summaries.of(result));
        Summaries.unseen(result).ifPresent(getLog()::warn);
    }
}
