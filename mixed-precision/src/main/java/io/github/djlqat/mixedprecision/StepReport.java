package io.github.djlqat.mixedprecision;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one optimizer step.
 *
 * @param step the number of the step, from 1, skipped ones included
 * @param lossScale the factor that the step's losses were multiplied by
 * @param gradientNorm the Euclidean norm of all gradients together before clipping, without the
 *     loss scale; NaN where gradients were neither checked nor clipped by norm, and not finite
 *     where the step was skipped
 * @param nonFinite the full name of the first parameter with an infinite or NaN gradient, null
 *     where there is none or gradients were not checked
 */
public record StepReport(
        long step, float lossScale, double gradientNorm, @Nullable String nonFinite) {

    /**
     * Returns whether the step was skipped, which left parameters and optimizer as they were.
     *
     * @return true if a gradient was infinite or NaN
     */
    public boolean isSkipped() {
        return nonFinite != null;
    }

    /**
     * Returns the first parameter whose gradient was infinite or NaN.
     *
     * @return the full name, or empty
     */
    public Optional<String> nonFiniteParameter() {
        return Optional.ofNullable(nonFinite);
    }
}
