package io.github.djlqat.maven;

import io.github.djlqat.workflow.Calibration;
import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProjectHelper;
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
public final class QuantizeMojo extends AbstractTaskMojo {

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

    /** Whether the quantized model becomes an artifact of the project; folders are packed. */
    @Parameter(property = "djlqat.attach", defaultValue = "true")
    private boolean attach;

    /** The artifact's classifier. */
    @Parameter(property = "djlqat.classifier", defaultValue = "quantized")
    private String classifier;

    @Component private MavenProjectHelper helper;

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
        try {
            Fingerprint fingerprint =
                    Fingerprint.of(
                            fingerprint("quantize"),
                            request + execution.getPlugin().getVersion(),
                            inputs(found, samples));
            if (fingerprint.matches(List.of(output))) {
                getLog().info(output + " is up to date.");
            } else {
                Files.createDirectories(output.toAbsolutePath().getParent());
                print(fork(TaskType.QUANTIZE, request));
                fingerprint.write(List.of(output));
            }
            if (attach) {
                Attachment attachment = Attachment.of(output);
                helper.attachArtifact(
                        project, attachment.type(), classifier, attachment.file().toFile());
            }
        } catch (IOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    private List<Path> inputs(String found, @Nullable DataSource samples) {
        List<Path> inputs = new ArrayList<>();
        inputs.add(model.toPath());
        if (RecipeFinder.isFile(found)) {
            inputs.add(Path.of(found));
        }
        if (samples != null) {
            inputs.addAll(DataParameters.files(samples));
        }
        inputs.add(Path.of(project.getBuild().getOutputDirectory()));
        return inputs;
    }

    private void print(QuantizeResult result) {
        getLog().info(
                        String.format(
                                Locale.ROOT,
                                "%s by %s: %s, %.1f kB of %.1f kB, %.1f s",
                                model.getName(),
                                result.recipe(),
                                result.output(),
                                result.outputBytes() / 1e3,
                                result.modelBytes() / 1e3,
                                result.seconds()));
        if (!result.unseen().isEmpty()) {
            getLog().warn(
                            "No sample reached "
                                    + String.join(", ", result.unseen())
                                    + "; nothing is quantized there.");
        }
    }
}
