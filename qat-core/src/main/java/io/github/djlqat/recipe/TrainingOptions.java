package io.github.djlqat.recipe;

/**
 * What changes while a prepared model is trained. Steps are training forwards.
 *
 * @param foldBatchNorm whether a convolution's weight is quantized as if the BatchNorm behind it
 *     were folded into it
 * @param freezeBatchNormAfter the number of training steps after which BatchNorm uses and keeps its
 *     running statistics; -1 for never
 * @param freezeObserversAfter the number of training steps after which observers stop updating; -1
 *     for never
 * @param quantizeAfter the number of training steps in floating point before quantization begins,
 *     as TensorFlow's quantization delay
 * @param quantizeGraduallyOver the number of training steps after that over which the share of
 *     weights that are quantized rises linearly to its final one; 0 for at once
 * @param quantizedShare the share of each weight's elements that a training step quantizes, chosen
 *     anew in each, above 0 and at most 1: Fan et al., <a
 *     href="https://arxiv.org/abs/2004.07320">Training with Quantization Noise</a>
 * @param seed what that choice is drawn from
 */
public record TrainingOptions(
        boolean foldBatchNorm,
        long freezeBatchNormAfter,
        long freezeObserversAfter,
        long quantizeAfter,
        long quantizeGraduallyOver,
        double quantizedShare,
        long seed) {

    /** BatchNorm is folded, nothing is ever frozen, and everything is quantized from the start. */
    public static final TrainingOptions DEFAULT = new TrainingOptions(true, -1, -1);

    /**
     * Checks the numbers.
     *
     * @param foldBatchNorm whether a convolution's weight is quantized as if the BatchNorm behind
     *     it were folded into it
     * @param freezeBatchNormAfter the number of training steps after which BatchNorm uses and keeps
     *     its running statistics; -1 for never
     * @param freezeObserversAfter the number of training steps after which observers stop updating;
     *     -1 for never
     * @param quantizeAfter the number of training steps in floating point before quantization
     *     begins, as TensorFlow's quantization delay
     * @param quantizeGraduallyOver the number of training steps after that over which the share of
     *     weights that are quantized rises linearly to its final one; 0 for at once
     * @param quantizedShare the share of each weight's elements that a training step quantizes,
     *     chosen anew in each, above 0 and at most 1: Fan et al., <a
     *     href="https://arxiv.org/abs/2004.07320">Training with Quantization Noise</a>
     * @param seed what that choice is drawn from
     * @throws IllegalArgumentException if a number of steps after which something is frozen is
     *     below -1, another one below 0, or the share not above 0 and at most 1
     */
    public TrainingOptions {
        checkSteps("freezeBatchNormAfter", freezeBatchNormAfter);
        checkSteps("freezeObserversAfter", freezeObserversAfter);
        checkDuration("quantizeAfter", quantizeAfter);
        checkDuration("quantizeGraduallyOver", quantizeGraduallyOver);
        if (!(quantizedShare > 0 && quantizedShare <= 1)) {
            throw new IllegalArgumentException(
                    "quantizedShare is above 0 and at most 1, not " + quantizedShare + ".");
        }
    }

    /**
     * Quantizes everything from the start.
     *
     * @param foldBatchNorm whether BatchNorm is folded
     * @param freezeBatchNormAfter when BatchNorm is frozen, or -1
     * @param freezeObserversAfter when observers are frozen, or -1
     */
    public TrainingOptions(
            boolean foldBatchNorm, long freezeBatchNormAfter, long freezeObserversAfter) {
        this(foldBatchNorm, freezeBatchNormAfter, freezeObserversAfter, 0, 0, 1, 0);
    }

    /**
     * Returns these options with quantization delayed.
     *
     * @param steps the number of training steps in floating point
     * @return the options
     */
    public TrainingOptions withQuantizeAfter(long steps) {
        return new TrainingOptions(
                foldBatchNorm,
                freezeBatchNormAfter,
                freezeObserversAfter,
                steps,
                quantizeGraduallyOver,
                quantizedShare,
                seed);
    }

    /**
     * Returns these options with weights quantized gradually.
     *
     * @param steps the number of training steps until the final share is quantized
     * @return the options
     */
    public TrainingOptions withQuantizeGraduallyOver(long steps) {
        return new TrainingOptions(
                foldBatchNorm,
                freezeBatchNormAfter,
                freezeObserversAfter,
                quantizeAfter,
                steps,
                quantizedShare,
                seed);
    }

    /**
     * Returns these options with a share of the weights quantized in each step.
     *
     * @param share the share
     * @param shareSeed what the choice is drawn from
     * @return the options
     */
    public TrainingOptions withQuantizedShare(double share, long shareSeed) {
        return new TrainingOptions(
                foldBatchNorm,
                freezeBatchNormAfter,
                freezeObserversAfter,
                quantizeAfter,
                quantizeGraduallyOver,
                share,
                shareSeed);
    }

    /**
     * Returns the share of each weight that a training step quantizes.
     *
     * @param step the number of training steps before it
     * @return 0 in floating point, to the final share
     */
    public double shareAt(long step) {
        if (step < quantizeAfter) {
            return 0;
        }
        double done =
                quantizeGraduallyOver == 0
                        ? 1
                        : (double) (step - quantizeAfter + 1) / quantizeGraduallyOver;
        return Math.min(1, done) * quantizedShare;
    }

    private static void checkSteps(String what, long steps) {
        if (steps < -1) {
            throw new IllegalArgumentException(
                    what + " is a number of training steps, or -1 for never, not " + steps + ".");
        }
    }

    private static void checkDuration(String what, long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException(
                    what + " is a number of training steps, at least 0, not " + steps + ".");
        }
    }
}
