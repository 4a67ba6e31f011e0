package io.github.djlqat.recipe;

/**
 * What changes while a prepared model is trained.
 *
 * @param foldBatchNorm whether a convolution's weight is quantized as if the BatchNorm behind it
 *     were folded into it
 * @param freezeBatchNormAfter the number of training steps after which BatchNorm uses and keeps its
 *     running statistics; -1 for never
 * @param freezeObserversAfter the number of training steps after which observers stop updating; -1
 *     for never
 */
public record TrainingOptions(
        boolean foldBatchNorm, long freezeBatchNormAfter, long freezeObserversAfter) {

    /** BatchNorm is folded, and nothing is ever frozen. */
    public static final TrainingOptions DEFAULT = new TrainingOptions(true, -1, -1);

    /**
     * Checks the numbers of steps.
     *
     * @throws IllegalArgumentException if a number of steps is below -1
     */
    public TrainingOptions {
        checkSteps("freezeBatchNormAfter", freezeBatchNormAfter);
        checkSteps("freezeObserversAfter", freezeObserversAfter);
    }

    private static void checkSteps(String what, long steps) {
        if (steps < -1) {
            throw new IllegalArgumentException(
                    what + " is a number of training steps, or -1 for never, not " + steps + ".");
        }
    }
}
