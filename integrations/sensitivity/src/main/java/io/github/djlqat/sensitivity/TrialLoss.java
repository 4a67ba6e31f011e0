package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;
import io.github.djlqat.sensitivity.Samples.Sample;
import org.jspecify.annotations.Nullable;

/**
 * The loss whose curvature is measured: the caller's on the labels, or the cross-entropy with the
 * network's own probabilities in floating point, whose Hessian is that of the output's
 * Kullback-Leibler divergence and needs no labels.
 */
final class TrialLoss {

    private final @Nullable Loss loss;

    TrialLoss(@Nullable Loss loss) {
        this.loss = loss;
    }

    /**
     * Computes the mean loss of a batch.
     *
     * @param sample the batch
     * @param reference the logits in floating point, constant
     * @param outputs the network's outputs
     * @return a scalar that gradients flow from
     */
    NDArray of(Sample sample, NDArray reference, NDList outputs) {
        if (loss != null) {
            return loss.evaluate(sample.labels(), outputs);
        }
        NDArray logits = outputs.head();
        int last = logits.getShape().dimension() - 1;
        long rows = logits.getShape().size() / logits.getShape().get(last);
        return reference.softmax(last).mul(logits.logSoftmax(last)).sum().neg().div(rows);
    }
}
