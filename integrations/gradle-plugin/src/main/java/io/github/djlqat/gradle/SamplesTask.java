package io.github.djlqat.gradle;

import io.github.djlqat.workflow.data.DataSource;
import java.util.stream.Stream;
import org.gradle.api.GradleException;
import org.gradle.api.provider.Property;
import org.gradle.api.provider.Provider;
import org.gradle.api.tasks.Internal;
import org.gradle.api.tasks.Nested;

/** A task that runs a model on the samples of evaluation, or else on those of the quantization. */
public abstract class SamplesTask extends ModelTask {

    /** Gradle creates the instances. */
    public SamplesTask() {}

    /**
     * The samples of evaluation, labelled ones for a metric.
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
     * The number of samples that are run at a time.
     *
     * @return the property
     */
    @Internal
    public abstract Property<Integer> getBatchSize();

    /** Returns the samples; where there are none, the message begins with what needs them. */
    final DataSource samples(String need) {
        return Stream.of(getEvaluationData(), getData())
                .map(Provider::get)
                .flatMap(named -> Stream.ofNullable(named.source()))
                .findFirst()
                .orElseThrow(
                        () -> new GradleException(need + ": evaluationData { path = … } or data."));
    }
}
