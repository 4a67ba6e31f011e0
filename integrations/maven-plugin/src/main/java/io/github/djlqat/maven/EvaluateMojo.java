package io.github.djlqat.maven;

import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/** Evaluates the quantized model, and fails the build where it is worse than it may be. */
@Mojo(
        name = "evaluate",
        defaultPhase = LifecyclePhase.VERIFY,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
public final class EvaluateMojo extends AbstractSamplesMojo {

    /** Another model than the quantized one to evaluate. */
    @Parameter(property = "djlqat.evaluatedModel")
    private @Nullable File evaluatedModel;

    /** The metric; top1 where labels are classes and mse otherwise, unless the baseline tells. */
    @Parameter(property = "djlqat.metric")
    private @Nullable String metric;

    /** The least value that passes; the greatest one of a metric of which less is better. */
    @Parameter(property = "djlqat.limit")
    private @Nullable Double limit;

    /** A file such as {"metric": "top1", "value": 0.915} with what has to be reached. */
    @Parameter(property = "djlqat.baseline")
    private @Nullable File baseline;

    /** By how much the baseline may be missed, in the metric's unit. */
    @Parameter(property = "djlqat.tolerance", defaultValue = "0")
    private double tolerance;

    /** Whether to write the baseline anew instead of comparing with it. */
    @Parameter(property = "djlqat.updateBaseline", defaultValue = "false")
    private boolean updateBaseline;

    @Override
    void run() throws MojoExecutionException, MojoFailureException {
        DataSource samples = samples("Evaluation needs labelled samples");
        if (updateBaseline && baseline == null) {
            throw new IllegalArgumentException(
                    "There is no <baseline> to write anew; name the file.");
        }
        Path path = evaluatedModel == null ? quantized() : evaluatedModel.toPath();
        @Nullable Path file = baseline == null ? null : baseline.toPath();
        EvaluateResult result =
                fork(
                        TaskType.EVALUATE,
                        new EvaluateRequest(
                                source(path),
                                samples,
                                batchSize,
                                metric,
                                limit,
                                updateBaseline ? null : file,
                                tolerance,
                                updateBaseline ? file : null));
        getLog().info(Summaries.of(result));
        Optional<String> failure = Summaries.failure(result);
        if (failure.isPresent()) {
            throw new MojoFailureException(failure.get());
        }
    }
}
