package io.github.djlqat.samples.common.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The outcome of classifying a dataset.
 *
 * @param correct the number of images whose largest logit is their label's
 * @param total the number of images
 */
public record Evaluation(long correct, long total) {

    /**
     * Classifies a dataset with an initialized block, in inference mode.
     *
     * @param block gives logits of shape (batch, classes)
     * @param dataset its labels' first array has shape (batch)
     * @return the outcome
     * @throws IOException if the dataset cannot be read
     * @throws TranslateException if the dataset cannot be processed
     */
    public static Evaluation of(Block block, Dataset dataset)
            throws IOException, TranslateException {
        return of(logits(block), dataset);
    }

    /**
     * Classifies a dataset with any function.
     *
     * @param classifier takes a batch's first array, gives logits of shape (batch, classes); what
     *     it makes in its input's manager is closed after each batch
     * @param dataset its labels' first array has shape (batch)
     * @return the outcome
     * @throws IOException if the dataset cannot be read
     * @throws TranslateException if the dataset cannot be processed
     */
    public static Evaluation of(UnaryOperator<NDArray> classifier, Dataset dataset)
            throws IOException, TranslateException {
        Evaluation result = new Evaluation(0, 0);
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Batch batch : dataset.getData(manager)) {
                try (batch) {
                    NDArray logits = classifier.apply(batch.getData().head());
                    result = result.plus(of(logits, batch.getLabels().head()));
                }
            }
        }
        return result;
    }

    /** Counts the rows whose largest logit is their label's. */
    static Evaluation of(NDArray logits, NDArray labels) {
        try (NDArray classes = logits.argMax(1);
                NDArray wanted = labels.toType(DataType.INT64, true)) {
            long[] found = classes.toLongArray();
            long[] right = wanted.toLongArray();
            long correct =
                    IntStream.range(0, right.length).filter(i -> found[i] == right[i]).count();
            return new Evaluation(correct, right.length);
        }
    }

    /** Adds up. */
    Evaluation plus(Evaluation other) {
        return new Evaluation(correct + other.correct, total + other.total);
    }

    /**
     * Returns the function that a block computes in inference, for use as a classifier or as a
     * teacher.
     *
     * @param block an initialized block of one input and one output
     * @return the function; its result is attached to its input's manager
     */
    public static UnaryOperator<NDArray> logits(Block block) {
        return input -> {
            ParameterStore store = new ParameterStore(input.getManager(), false);
            return block.forward(store, new NDList(input), false).singletonOrThrow();
        };
    }

    /**
     * Returns the share of images classified rightly.
     *
     * @return the accuracy, 0 to 1; NaN where there are no images
     */
    public double accuracy() {
        return (double) correct / total;
    }
}
