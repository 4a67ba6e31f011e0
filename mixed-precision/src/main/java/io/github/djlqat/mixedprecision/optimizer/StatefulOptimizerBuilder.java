package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.training.optimizer.Optimizer.OptimizerBuilder;
import ai.djl.training.tracker.ParameterTracker;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of all optimizers of this package offer, beside what DJL's builders do.
 *
 * @param <T> the builder
 */
public abstract class StatefulOptimizerBuilder<T extends StatefulOptimizerBuilder<T>>
        extends OptimizerBuilder<T> {

    private @Nullable ParameterTracker learningRateTracker;
    private @Nullable ParameterGroups groups;
    private int beginNumUpdate;

    StatefulOptimizerBuilder() {}

    /**
     * Sets the learning rate. A tracker should depend on nothing but the number of the update:
     * checkpoints do not hold a tracker's own state.
     *
     * @param tracker the learning rate at each update, counted from 1
     * @return this builder
     */
    public T optLearningRateTracker(ParameterTracker tracker) {
        this.learningRateTracker = tracker;
        return self();
    }

    /**
     * Sets the parameter groups. Without them, all parameters are trained alike.
     *
     * @param parameterGroups the groups
     * @return this builder
     */
    public T optParameterGroups(ParameterGroups parameterGroups) {
        this.groups = parameterGroups;
        return self();
    }

    @Override
    public T optBeginNumUpdate(int update) {
        super.optBeginNumUpdate(update);
        this.beginNumUpdate = update;
        return self();
    }

    @Override
    protected abstract T self();

    ParameterTracker requireLearningRateTracker() {
        if (learningRateTracker == null) {
            throw new IllegalArgumentException("There is no learning rate: set its tracker.");
        }
        return learningRateTracker;
    }

    @Nullable ParameterGroups groups() {
        return groups;
    }

    int beginNumUpdate() {
        return beginNumUpdate;
    }
}
