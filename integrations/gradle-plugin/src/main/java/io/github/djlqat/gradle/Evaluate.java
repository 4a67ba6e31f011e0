package io.github.djlqat.gradle;

import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFile;
import org.gradle.api.tasks.Optional;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;
import org.gradle.api.tasks.TaskAction;
import org.gradle.api.tasks.VerificationException;
import org.gradle.work.DisableCachingByDefault;

/** Evaluates the quantized model, and fails the build where it is worse than it may be. */
@DisableCachingByDefault(because = "It has no outputs.")
public abstract class Evaluate extends SamplesTask {

    /** Gradle creates the instance. */
    public Evaluate() {}

    /**
     * The metric.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getMetric();

    /**
     * The least value that passes; the greatest one of a metric of which less is better.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<Double> getLimit();

    /**
     * The file of the baseline.
     *
     * @return the property
     */
    @InputFile
    @Optional
    @PathSensitive(PathSensitivity.NONE)
    public abstract Property<File> getBaseline();

    /**
     * By how much the baseline may be missed.
     *
     * @return the property
     */
    @Input
    public abstract Property<Double> getTolerance();

    /** Evaluates the model. */
    @TaskAction
    public void evaluate() {
        File baseline = getBaseline().getOrNull();
        EvaluateResult result =
                fork(
                        TaskType.EVALUATE,
                        new EvaluateRequest(
                                source(),
                                samples("Evaluation needs labelled samples"),
                                getBatchSize().get(),
                                getMetric().getOrNull(),
                                getLimit().getOrNull(),
                                baseline == null ? null : baseline.toPath(),
                                getTolerance().get(),
                                null));
        getLogger().lifecycle(Summaries.of(result));
        Summaries.failure(result)
                .ifPresent(
                        failure -> {
                            throw new VerificationException(failure);
                        });
    }
}
