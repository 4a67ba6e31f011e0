package io.github.djlqat.mixedprecision;

/**
 * How the scale of an FP8 tensor follows from the largest magnitudes of the last steps, so that a
 * tensor need not be read before it is cast. These are the rules of TransformerEngine.
 *
 * <p>With \( a \) the largest magnitude of the history or the most recent one, and \( m \) the
 * largest value of the format, \( s = (m / a) / 2^{margin} \); the scale stays where \( a \) is 0,
 * infinite or NaN.
 *
 * @param historyLength the number of steps remembered, at least 1
 * @param margin the number of powers of two left free above the largest magnitude
 * @param mostRecent whether only the last step counts, rather than the largest of the history
 */
public record DelayedScaling(int historyLength, int margin, boolean mostRecent) {

    /** TransformerEngine's defaults: the largest of 1,024 steps, no margin. */
    public static final DelayedScaling DEFAULT = new DelayedScaling(1024, 0, false);

    /**
     * Checks the values.
     *
     * @param historyLength the number of steps remembered, at least 1
     * @param margin the number of powers of two left free above the largest magnitude
     * @param mostRecent whether only the last step counts, rather than the largest of the history
     * @throws IllegalArgumentException if the history is empty
     */
    public DelayedScaling {
        if (historyLength < 1) {
            throw new IllegalArgumentException(
                    "A history has at least 1 step, not " + historyLength + ".");
        }
    }
}
