package io.github.djlqat.workflow;

import org.jspecify.annotations.Nullable;

/**
 * How alike two models have to be. Null is for no limit.
 *
 * @param agreement the least share of samples of the same class, 0 to 1
 * @param difference the greatest difference between two outputs, at least 0
 * @param drop by how much the second model's metric may be worse than the first one's
 */
public record CompareLimits(
        @Nullable Double agreement, @Nullable Double difference, @Nullable Double drop) {

    /** Whatever the models do passes. */
    public static final CompareLimits NONE = new CompareLimits(null, null, null);

    /**
     * Checks the numbers.
     *
     * @param agreement the least share of samples of the same class, 0 to 1
     * @param difference the greatest difference between two outputs, at least 0
     * @param drop by how much the second model's metric may be worse than the first one's
     * @throws WorkflowException if a number is outside its range
     */
    public CompareLimits {
        if (agreement != null && !(agreement >= 0 && agreement <= 1)) {
            throw new WorkflowException(
                    "The least agreement is a share of 0 to 1, not " + agreement + ".");
        }
        if (difference != null && !(difference >= 0)) {
            throw new WorkflowException(
                    "The greatest difference is at least 0, not " + difference + ".");
        }
        if (drop != null && drop.isNaN()) {
            throw new WorkflowException("The greatest drop is a number, not NaN.");
        }
    }
}
