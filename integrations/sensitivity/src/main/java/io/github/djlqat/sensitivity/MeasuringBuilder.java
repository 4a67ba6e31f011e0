package io.github.djlqat.sensitivity;

import ai.djl.training.loss.Loss;
import org.jspecify.annotations.Nullable;

/** What an analysis, and a search that begins with one, are told of how to measure. */
abstract class MeasuringBuilder<B extends MeasuringBuilder<B>> {

    private static final int DEFAULT_BATCHES = 4;
    private static final int DEFAULT_PROBES = 32;

    @Nullable Loss loss;
    boolean separate;
    int batches = DEFAULT_BATCHES;
    int probes = DEFAULT_PROBES;
    long seed;
    SensitivityListener listener = (what, done, total) -> {};

    MeasuringBuilder(boolean separate) {
        this.separate = separate;
    }

    abstract B self();

    /** Takes over what another builder was told. */
    final B measuringAs(MeasuringBuilder<?> other) {
        loss = other.loss;
        separate = other.separate;
        batches = other.batches;
        probes = other.probes;
        seed = other.seed;
        listener = other.listener;
        return self();
    }

    /**
     * Sets the loss on labels that {@link Measure#LOSS_INCREASE} and {@link Measure#HAWQ_V2} are
     * of. By default it is the cross-entropy with the network's own probabilities in floating
     * point, which needs no labels.
     *
     * @param loss the loss, a mean over the batch
     * @return this builder
     */
    public B optLoss(Loss loss) {
        this.loss = loss;
        return self();
    }

    /**
     * Sets whether the formats of weights and of activations are measured apart and their costs
     * added, rather than every pair of them: as many runs as there are formats of either, instead
     * of their product. By default a {@link SensitivityAnalysis} measures every candidate as it is,
     * and an {@link AutoPrecision} apart.
     *
     * @param separate whether to measure apart
     * @return this builder
     */
    public B optSeparate(boolean separate) {
        this.separate = separate;
        return self();
    }

    /**
     * Sets the number of batches to calibrate and to measure on; {@value #DEFAULT_BATCHES} by
     * default.
     *
     * @param batches the number at most, at least 1
     * @return this builder
     */
    public B optBatches(int batches) {
        this.batches = batches;
        return self();
    }

    /**
     * Sets how often each batch is probed for {@link Measure#HAWQ_V2}; {@value #DEFAULT_PROBES} by
     * default.
     *
     * @param probes the number of probes, at least 1
     * @param seed what the probes are drawn from
     * @return this builder
     */
    public B optProbes(int probes, long seed) {
        this.probes = probes;
        this.seed = seed;
        return self();
    }

    /**
     * Sets who hears of progress.
     *
     * @param listener the listener, called by the measuring thread after each step
     * @return this builder
     */
    public B optListener(SensitivityListener listener) {
        this.listener = listener;
        return self();
    }
}
