package io.github.djlqat.fakequant;

import io.github.djlqat.recipe.TrainingOptions;
import java.util.concurrent.atomic.AtomicLong;

/** How far a prepared model's training is, and what is frozen by then. */
final class TrainingProgress {

    private final AtomicLong steps = new AtomicLong();
    private volatile WeightShare share = WeightShare.ALL;
    private volatile boolean batchNormFrozen;
    private volatile boolean observersFrozen;

    /** What is saved with a model and put back. */
    record State(long steps, boolean batchNormFrozen, boolean observersFrozen) {}

    /** Returns the number of training forwards so far. */
    long steps() {
        return steps.get();
    }

    /** Counts a training forward; returns how many were before it. */
    long next() {
        return steps.getAndIncrement();
    }

    /** Returns which elements of the weights the present step quantizes. */
    WeightShare share() {
        return share;
    }

    /** Does what the recipe's schedule says of a step. */
    void follow(TrainingOptions options, long step, Quantizers quantizers) {
        share = new WeightShare(options.shareAt(step), options.seed(), step);
        if (!observersFrozen && isPast(step, options.freezeObserversAfter())) {
            freezeObservers(quantizers);
        }
        if (!batchNormFrozen && isPast(step, options.freezeBatchNormAfter())) {
            freezeBatchNorm();
        }
    }

    private static boolean isPast(long step, long limit) {
        return limit >= 0 && step >= limit;
    }

    void freezeBatchNorm() {
        batchNormFrozen = true;
    }

    boolean isBatchNormFrozen() {
        return batchNormFrozen;
    }

    void freezeObservers(Quantizers quantizers) {
        observersFrozen = true;
        quantizers.setObserving(false);
    }

    /** Freezes the observers of quantizers that the model goes on with. */
    void goOnWith(Quantizers quantizers) {
        if (observersFrozen) {
            freezeObservers(quantizers);
        }
    }

    State state() {
        return new State(steps.get(), batchNormFrozen, observersFrozen);
    }

    /** Takes over a saved state. Observers that were frozen here before stay frozen. */
    void load(State state, Quantizers quantizers) {
        steps.set(state.steps());
        batchNormFrozen = state.batchNormFrozen();
        if (state.observersFrozen()) {
            freezeObservers(quantizers);
        }
    }

    /** Puts back a state of these quantizers. */
    void restore(State state, Quantizers quantizers) {
        steps.set(state.steps());
        batchNormFrozen = state.batchNormFrozen();
        observersFrozen = state.observersFrozen();
        quantizers.setObserving(!observersFrozen);
    }
}
