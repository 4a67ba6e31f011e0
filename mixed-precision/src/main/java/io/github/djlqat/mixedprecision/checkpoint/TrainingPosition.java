package io.github.djlqat.mixedprecision.checkpoint;

/**
 * How far a training run has come.
 *
 * @param epoch the number of completed epochs
 * @param batch the number of completed batches of the present epoch
 * @param totalBatches the number of completed batches of all epochs
 */
public record TrainingPosition(int epoch, long batch, long totalBatches) {

    /** The beginning of a run. */
    public static final TrainingPosition START = new TrainingPosition(0, 0, 0);

    /**
     * Creates a position.
     *
     * @param epoch the number of completed epochs
     * @param batch the number of completed batches of the present epoch
     * @param totalBatches the number of completed batches of all epochs
     * @throws IllegalArgumentException if a number is negative, or there are more batches in the
     *     epoch than in all
     */
    public TrainingPosition {
        if (epoch < 0 || batch < 0 || totalBatches < batch) {
            throw new IllegalArgumentException(
                    "There is no position of epoch "
                            + epoch
                            + ", batch "
                            + batch
                            + " and "
                            + totalBatches
                            + " batches in all.");
        }
    }

    TrainingPosition nextBatch() {
        return new TrainingPosition(epoch, batch + 1, totalBatches + 1);
    }

    TrainingPosition nextEpoch() {
        return new TrainingPosition(epoch + 1, 0, totalBatches);
    }
}
