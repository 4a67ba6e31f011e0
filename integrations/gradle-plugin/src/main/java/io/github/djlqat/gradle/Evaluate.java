package io.github.djlqat.gradle;

import io.github.djlqat.workflow.Check;
import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import java.util.List;
import java.util.Locale;
import org.gradle.api.GradleException;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFile;
import org.gradle.api.tasks.Internal;
import org.gradle.api.tasks.Nested;
import org.gradle.api.tasks.Optional;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;
import org.gradle.api.tasks.TaskAction;
import org.gradle.api.tasks.VerificationException;
import org.gradle.work.DisableCachingByDefault;

/** Evaluates the quantized model, and fails the build where it is worse than it may be. */
@DisableCachingByDefault(because = "It has no outputs.")
public abstract class Evaluate extends ModelTask {

    /** Gradle creates the instance. */
    public Evaluate() {}

    /**
     * Labelled samples.
     *
     * @return the property
     */
    @Nested
    public abstract Property<SampleSource> getEvaluationData();

    /**
     * The samples of the quantization, which are taken where no others are named.
     *
     * @return the property
     */
    @Nested
    public abstract Property<SampleSource> getData();

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

    /**
     * The number of samples that are run at a time.
     *
     * @return the property
     */
    @Internal
    public abstract Property<Integer> getBatchSize();

    /** Evaluates the model. */
    @TaskAction
    public void evaluate() {
        File baseline = getBaseline().getOrNull();
        EvaluateResult result =
                fork(
                        TaskType.EVALUATE,
                        new EvaluateRequest(
                                source(),
                                samples(),
                                getBatchSize().get(),
                                getMetric().getOrNull(),
                                getLimit().getOrNull(),
                                baseline == null ? null : baseline.toPath(),
                                getTolerance().get(),
                                null));
        String name = getModel().get().getName();
        getLogger()
                .lifecycle(
                        String.format(
                                Locale.ROOT,
                                "%s: %s %.4f on %d samples",
                                name,
                                result.metric(),
                                result.value(),
                                result.samples()));
        List<Check> failed = result.checks().stream().filter(check -> !check.passed()).toList();
        if (!failed.isEmpty()) {
            Check first = failed.get(0);
            throw new VerificationException(
                    String.format(
                            Locale.ROOT,
                            "%s of %s is %.4f, and %.4f is what passes.",
                            first.name(),
                            name,
                            first.value(),
                            first.limit()));
        }
    }

    private DataSource samples() {
        DataSource found = SampleSource.firstNamed(getEvaluationData(), getData());
        if (found == null) {
            throw new GradleException(
                    "Evaluation needs labelled samples: evaluationData { path = … } or data.");
        }
        return found;
    }
}
