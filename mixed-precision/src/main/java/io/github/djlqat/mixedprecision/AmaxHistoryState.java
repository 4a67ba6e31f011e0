package io.github.djlqat.mixedprecision;

import java.util.Arrays;

/**
 * What delayed scaling remembers of one tensor, for a checkpoint.
 *
 * @param scale what the tensor is multiplied by before it is cast
 * @param magnitudes the largest magnitude of each remembered step: first of the current one, then
 *     from the oldest to the last
 */
public record AmaxHistoryState(float scale, float[] magnitudes) {

    /**
     * Copies the magnitudes and checks the scale.
     *
     * @param scale what the tensor is multiplied by before it is cast
     * @param magnitudes the largest magnitude of each remembered step: first of the current one,
     *     then from the oldest to the last
     * @throws IllegalArgumentException if the scale is not positive and finite
     */
    public AmaxHistoryState {
        magnitudes = magnitudes.clone();
        if (!(scale > 0) || Float.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "A scale is positive and finite, not " + scale + ".");
        }
    }

    /**
     * Returns the largest magnitudes.
     *
     * @return a copy: first that of the current step, then from the oldest to the last
     */
    @Override
    public float[] magnitudes() {
        return magnitudes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AmaxHistoryState state
                && Float.compare(scale, state.scale) == 0
                && Arrays.equals(magnitudes, state.magnitudes);
    }

    @Override
    public int hashCode() {
        return 31 * Float.hashCode(scale) + Arrays.hashCode(magnitudes);
    }

    @Override
    public String toString() {
        return "AmaxHistoryState[scale=" + scale + ", steps=" + magnitudes.length + "]";
    }
}
