package io.github.djlqat.samples.common.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;

/**
 * Cross entropy with the labels, mixed with the divergence from a teacher's softened output
 * (Hinton, Vinyals, Dean 2015).
 *
 * <p>\( \alpha \, CE(y, z) + (1 - \alpha) \, T^2 \, KL(\mathrm{softmax}(t / T) \,\|\,
 * \mathrm{softmax}(z / T)) \), the mean over the batch, for logits z and a teacher's logits t, both
 * of shape (batch, classes).
 *
 * <p>The labels' first array holds the classes, of shape (batch), and the second the teacher's
 * logits. Without a second array, as in validation, the loss is the cross entropy alone. The
 * evaluator {@code Accuracy} works with such labels.
 */
public final class DistillationLoss extends Loss {

    private final float alpha;
    private final float temperature;
    private final Loss crossEntropy = Loss.softmaxCrossEntropyLoss();

    /**
     * Creates a loss.
     *
     * @param alpha the share of the cross entropy, 0 to 1
     * @param temperature the temperature, above 0; 1 leaves the outputs as they are
     * @throws IllegalArgumentException if a value is outside its range
     */
    public DistillationLoss(float alpha, float temperature) {
        super("DistillationLoss");
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException(
                    "The share of the cross entropy is 0 to 1, not " + alpha + ".");
        }
        if (!(temperature > 0 && Float.isFinite(temperature))) {
            throw new IllegalArgumentException(
                    "The temperature is finite and above 0, not " + temperature + ".");
        }
        this.alpha = alpha;
        this.temperature = temperature;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the labels are not one or two arrays, or the teacher's
     *     shape is not the student's
     */
    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        if (labels.size() != 1 && labels.size() != 2) {
            throw new IllegalArgumentException(
                    "Labels are the classes and, or not, a teacher's logits; there are "
                            + labels.size()
                            + " arrays.");
        }
        NDArray student = predictions.singletonOrThrow();
        NDList classes = new NDList(labels.head());
        if (labels.size() == 1) {
            return crossEntropy.evaluate(classes, predictions);
        }
        NDArray teacher = labels.get(1);
        if (!teacher.getShape().equals(student.getShape())) {
            throw new IllegalArgumentException(
                    "The teacher's logits have shape "
                            + teacher.getShape()
                            + ", the student's "
                            + student.getShape()
                            + "; they are the same.");
        }
        NDArray expected = teacher.div(temperature).logSoftmax(-1);
        NDArray found = student.div(temperature).logSoftmax(-1);
        NDArray divergence =
                found.neg().add(expected).mul(expected.exp()).sum(new int[] {-1}).mean();
        NDArray soft = divergence.mul((1 - alpha) * temperature * temperature);
        if (alpha == 0) {
            return soft;
        }
        return crossEntropy.evaluate(classes, predictions).mul(alpha).add(soft);
    }
}
