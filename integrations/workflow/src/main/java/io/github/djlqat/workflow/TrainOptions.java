package io.github.djlqat.workflow;

/**
 * How a model is trained: with Adam, whose learning rate falls along a cosine to a hundredth.
 *
 * <p>The loss is softmax cross-entropy where labels are classes, and the squared difference
 * otherwise.
 *
 * @param epochs the number of passes over the data, at least 1
 * @param batchSize the number of samples in a step, at least 1
 * @param learningRate the first learning rate, above 0
 * @param seed what the order of the samples is drawn from
 */
public record TrainOptions(int epochs, int batchSize, double learningRate, long seed) {

    /** One epoch in batches of 32 with a learning rate of 0.001. */
    public static final TrainOptions DEFAULT = new TrainOptions(1, 32, 0.001, 1);

    /**
     * Checks the numbers.
     *
     * @param epochs the number of passes over the data, at least 1
     * @param batchSize the number of samples in a step, at least 1
     * @param learningRate the first learning rate, above 0
     * @param seed what the order of the samples is drawn from
     * @throws WorkflowException if a number is outside its range
     */
    public TrainOptions {
        if (epochs < 1 || batchSize < 1) {
            throw new WorkflowException(
                    "Training takes at least one epoch in batches of at least one sample, not "
                            + epochs
                            + " in batches of "
                            + batchSize
                            + ".");
        }
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new WorkflowException("The learning rate is above 0, not " + learningRate + ".");
        }
    }
}
