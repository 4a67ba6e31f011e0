package io.github.djlqat.mixedprecision;

/**
 * What a loss scaler remembers between steps, for a checkpoint.
 *
 * @param scale the factor that the next loss is multiplied by, positive and finite
 * @param goodSteps the number of finite steps since the scale last changed
 */
public record LossScalerState(float scale, int goodSteps) {

    /**
     * Checks the values.
     *
     * @param scale the factor that the next loss is multiplied by, positive and finite
     * @param goodSteps the number of finite steps since the scale last changed
     * @throws IllegalArgumentException if the scale is not positive and finite, or the number of
     *     steps negative
     */
    public LossScalerState {
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "A loss scale is positive and finite, not " + scale + ".");
        }
        if (goodSteps < 0) {
            throw new IllegalArgumentException(
                    "A number of good steps is not negative, as " + goodSteps + " is.");
        }
    }
}
