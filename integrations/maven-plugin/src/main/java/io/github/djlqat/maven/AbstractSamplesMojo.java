package io.github.djlqat.maven;

import io.github.djlqat.workflow.data.DataSource;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What goals have in common that run the quantized model on samples. */
abstract class AbstractSamplesMojo extends AbstractTaskMojo {

    /** Samples, labelled ones for a metric; those of the quantization where none are given. */
    @Parameter private @Nullable DataParameters evaluationData;

    /** The samples of the quantization. */
    @Parameter private @Nullable DataParameters data;

    /** The number of samples that are run at a time. */
    @Parameter(property = "djlqat.batchSize", defaultValue = "32")
    protected int batchSize;

    /**
     * Returns the samples.
     *
     * @param need what needs them, with which the message begins
     * @throws IllegalArgumentException if there are none
     */
    final DataSource samples(String need) {
        DataParameters samples = evaluationData == null ? data : evaluationData;
        if (samples == null) {
            throw new IllegalArgumentException(need + ": <evaluationData> or <data>.");
        }
        return samples.source();
    }
}
