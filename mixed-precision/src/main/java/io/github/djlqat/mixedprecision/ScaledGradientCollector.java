package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;

/** Multiplies losses by a factor before their gradients are computed. */
final class ScaledGradientCollector implements GradientCollector {

    private final GradientCollector collector;
    private final float factor;
    private final Runnable onBackward;
    private final Runnable onClose;

    ScaledGradientCollector(
            GradientCollector collector, float factor, Runnable onBackward, Runnable onClose) {
        this.collector = collector;
        this.factor = factor;
        this.onBackward = onBackward;
        this.onClose = onClose;
    }

    @Override
    public void backward(NDArray target) {
        if (factor == 1) {
            collector.backward(target);
        } else {
            try (NDArray scaled = target.mul(factor)) {
                collector.backward(scaled);
            }
        }
        onBackward.run();
    }

    @Override
    public void zeroGradients() {
        collector.zeroGradients();
    }

    @Override
    public void close() {
        collector.close();
        onClose.run();
    }
}
