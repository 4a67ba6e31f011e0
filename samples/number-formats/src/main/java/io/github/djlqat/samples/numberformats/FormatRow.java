package io.github.djlqat.samples.numberformats;

import org.jspecify.annotations.Nullable;

/**
 * The accuracies of one network in one format.
 *
 * @param network the network
 * @param format the format's name
 * @param weightsPtq weights rounded, not trained further
 * @param bothPtq weights and activations rounded, not trained further
 * @param weightsQat weights rounded and trained further, or null where that was not asked for
 * @param bothQat weights and activations rounded and trained further, or null
 */
record FormatRow(
        String network,
        String format,
        double weightsPtq,
        double bothPtq,
        @Nullable Double weightsQat,
        @Nullable Double bothQat) {}
