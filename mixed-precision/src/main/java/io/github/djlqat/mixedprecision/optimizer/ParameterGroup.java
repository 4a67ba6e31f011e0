package io.github.djlqat.mixedprecision.optimizer;

import org.jspecify.annotations.Nullable;

/**
 * What a group of parameters is trained with instead of the optimizer's own settings.
 *
 * @param learningRateFactor the factor of the learning rate, at least 0
 * @param weightDecay the weight decay, at least 0; null for the optimizer's
 */
public record ParameterGroup(double learningRateFactor, @Nullable Double weightDecay) {

    /** The optimizer's own settings. */
    public static final ParameterGroup DEFAULT = new ParameterGroup(1, null);

    /** The optimizer's settings without weight decay. */
    public static final ParameterGroup NO_WEIGHT_DECAY = new ParameterGroup(1, 0.0);

    /**
     * Creates a group.
     *
     * @param learningRateFactor the factor of the learning rate, at least 0
     * @param weightDecay the weight decay, at least 0; null for the optimizer's
     * @throws IllegalArgumentException if a number is negative or not finite
     */
    public ParameterGroup {
        Settings.requireNotNegative("learning rate factor", learningRateFactor);
        if (weightDecay != null) {
            Settings.requireNotNegative("weight decay", weightDecay);
        }
    }

    /**
     * Returns this group with another weight decay.
     *
     * @param decay the weight decay, at least 0
     * @return the group
     */
    public ParameterGroup withWeightDecay(double decay) {
        return new ParameterGroup(learningRateFactor, decay);
    }

    /**
     * Returns this group with another learning rate factor.
     *
     * @param factor the factor, at least 0
     * @return the group
     */
    public ParameterGroup withLearningRateFactor(double factor) {
        return new ParameterGroup(factor, weightDecay);
    }
}
