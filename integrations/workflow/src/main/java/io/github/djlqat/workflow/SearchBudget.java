package io.github.djlqat.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What a mixed-precision recipe may use. Null is for no limit; one limit is needed.
 *
 * @param weightBits the average bits of weights, each element counting the same
 * @param activationBits the average bits of layers' inputs, each element counting the same
 * @param weightBytes the size of the layers' weights, packed, with their scales
 */
public record SearchBudget(
        @Nullable Double weightBits, @Nullable Double activationBits, @Nullable Long weightBytes) {

    /**
     * Checks that there is a limit.
     *
     * @param weightBits the average bits of weights, each element counting the same
     * @param activationBits the average bits of layers' inputs, each element counting the same
     * @param weightBytes the size of the layers' weights, packed, with their scales
     * @throws WorkflowException if there is none, or one is not above 0
     */
    public SearchBudget {
        if (weightBits == null && activationBits == null && weightBytes == null) {
            throw new WorkflowException(
                    "A search needs a budget: average bits of weights or activations, or a size.");
        }
        if (weightBits != null && !(weightBits > 0)
                || activationBits != null && !(activationBits > 0)
                || weightBytes != null && weightBytes <= 0) {
            throw new WorkflowException("The limits of a budget are above 0.");
        }
    }

    /**
     * Limits the average bits of weights, and likewise those of activations.
     *
     * @param bits the average bits of either
     * @return the budget
     */
    public static SearchBudget averageBits(double bits) {
        return new SearchBudget(bits, bits, null);
    }
}
