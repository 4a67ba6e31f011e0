package io.github.djlqat.torchscript.pickle;

/**
 * Limits that keep a pickle from taking more memory or time than it is worth.
 *
 * @param maxDepth the largest number of containers inside each other
 * @param maxValues the largest number of values when those that occur several times are counted
 *     each time, with one more for every 16 characters of a string; it bounds what walking over the
 *     values takes
 */
public record PickleLimits(int maxDepth, long maxValues) {

    /**
     * Checks the limits.
     *
     * @param maxDepth the largest number of containers inside each other
     * @param maxValues the largest number of values when those that occur several times are counted
     *     each time, with one more for every 16 characters of a string; it bounds what walking over
     *     the values takes
     */
    public PickleLimits {
        if (maxDepth < 1 || maxValues < 1) {
            throw new IllegalArgumentException(
                    "The limits are " + maxDepth + " and " + maxValues + "; they are at least 1.");
        }
    }

    /**
     * Returns limits that real models do not reach: a depth of 256 and 16 million values.
     *
     * @return the limits
     */
    public static PickleLimits defaults() {
        return new PickleLimits(256, 1 << 24);
    }
}
