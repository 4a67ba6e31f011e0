package io.github.djlqat.torchscript.lift;

/**
 * Limits that keep one run of a program from taking more time or memory than it is worth.
 *
 * @param maxSteps the largest number of statements and expressions that are evaluated
 * @param maxDepth the deepest nesting of calls, statements and expressions
 * @param maxElements the largest number of elements of all computed tensors together
 */
public record LiftLimits(long maxSteps, int maxDepth, long maxElements) {

    /**
     * Checks the limits.
     *
     * @param maxSteps the largest number of statements and expressions that are evaluated
     * @param maxDepth the deepest nesting of calls, statements and expressions
     * @param maxElements the largest number of elements of all computed tensors together
     */
    public LiftLimits {
        if (maxSteps < 1 || maxDepth < 1 || maxElements < 1) {
            throw new IllegalArgumentException(
                    "The limits are "
                            + maxSteps
                            + " steps, a depth of "
                            + maxDepth
                            + " and "
                            + maxElements
                            + " elements; they are at least 1.");
        }
    }

    /**
     * Returns limits that real models rarely reach: ten million steps, nested 800 deep, and \(
     * 2^{31} \) elements, which are 8 GiB in 32 bits.
     *
     * @return the limits
     */
    public static LiftLimits defaults() {
        return new LiftLimits(10_000_000, 800, 1L << 31);
    }
}
