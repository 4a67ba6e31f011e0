package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.training.tracker.Tracker;

/**
 * What the builders of the variants of Adam share.
 *
 * @param <T> the builder
 */
public abstract class AdamBuilder<T extends AdamBuilder<T>> extends StatefulOptimizerBuilder<T> {

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;

    @SuppressWarnings("this-escape")
    AdamBuilder() {
        optLearningRateTracker(Tracker.fixed(0.001f));
    }

    /**
     * Sets the coefficient of the first moment's average.
     *
     * @param beta the coefficient, at least 0 and less than 1
     * @return this builder
     */
    public T optBeta1(double beta) {
        this.beta1 = beta;
        return self();
    }

    /**
     * Sets the coefficient of the second moment's average. A float such as {@code 0.999f} is not
     * the same number as {@code 0.999}, and 1 less it differs in the fifth digit.
     *
     * @param beta the coefficient, at least 0 and less than 1
     * @return this builder
     */
    public T optBeta2(double beta) {
        this.beta2 = beta;
        return self();
    }

    /**
     * Sets what keeps the denominator from zero.
     *
     * @param value a number of at least 0
     * @return this builder
     */
    public T optEpsilon(double value) {
        this.epsilon = value;
        return self();
    }

    AdamRule rule(boolean decoupled) {
        return new AdamRule(beta1, beta2, epsilon, decoupled);
    }
}
