package io.github.djlqat.workflow;

/**
 * How many samples choose the ranges of activations.
 *
 * @param batchSize the number of samples that are run at a time, at least 1
 * @param samples the number of samples at most, at least 1
 */
public record Calibration(int batchSize, int samples) {

    /** 32 samples at a time, 320 in all. */
    public static final Calibration DEFAULT = new Calibration(32, 320);

    /**
     * Checks the numbers.
     *
     * @param batchSize the number of samples that are run at a time, at least 1
     * @param samples the number of samples at most, at least 1
     * @throws WorkflowException if a number is below 1
     */
    public Calibration {
        if (batchSize < 1 || samples < 1) {
            throw new WorkflowException(
                    "Calibration takes at least one sample in batches of at least one, not "
                            + samples
                            + " in batches of "
                            + batchSize
                            + ".");
        }
    }
}
