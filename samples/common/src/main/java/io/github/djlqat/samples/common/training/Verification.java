package io.github.djlqat.samples.common.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import io.github.djlqat.onnx.Agreement;
import io.github.djlqat.onnx.OnnxVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What ONNX Runtime makes of an exported file, next to the block that it was exported from.
 *
 * @param bytes the file's size
 * @param evaluation how the block classifies
 * @param agreement how far the outputs are from the block's
 * @param outputStep the range of the block's outputs divided by 255: one step of an 8-bit output
 */
public record Verification(
        long bytes, Evaluation evaluation, Agreement agreement, float outputStep) {

    /**
     * Runs a file in ONNX Runtime and its block in DJL, on all inputs of a dataset.
     *
     * @param file an exported file
     * @param block the block it was exported from, in inference mode; gives logits of shape (batch,
     *     classes)
     * @param dataset at least one batch; its labels' first array has shape (batch)
     * @return the comparison
     * @throws IOException if the file or the dataset cannot be read
     * @throws TranslateException if the dataset cannot be processed
     */
    public static Verification of(Path file, Block block, Dataset dataset)
            throws IOException, TranslateException {
        Evaluation[] evaluation = {new Evaluation(0, 0)};
        float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        try (NDManager manager = NDManager.newBaseManager();
                Inputs inputs = new Inputs(dataset.getData(manager).iterator());
                OnnxVerifier verifier = OnnxVerifier.load(file)) {
            Agreement agreement =
                    verifier.compare(
                            () -> inputs,
                            batch -> {
                                ParameterStore store =
                                        new ParameterStore(batch.head().getManager(), false);
                                NDList outputs = block.forward(store, batch, false);
                                for (float value : outputs.head().toFloatArray()) {
                                    range[0] = Math.min(range[0], value);
                                    range[1] = Math.max(range[1], value);
                                }
                                evaluation[0] =
                                        evaluation[0].plus(
                                                Evaluation.of(outputs.head(), inputs.labels()));
                                return outputs;
                            });
            return new Verification(
                    Files.size(file), evaluation[0], agreement, (range[1] - range[0]) / 255);
        }
    }

    /** The data of batches, each open until the next is asked for. */
    private static final class Inputs implements Iterator<NDList>, AutoCloseable {

        private final Iterator<Batch> batches;
        private @Nullable Batch open;

        Inputs(Iterator<Batch> batches) {
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            return batches.hasNext();
        }

        @Override
        public NDList next() {
            close();
            Batch batch = batches.next();
            open = batch;
            return batch.getData();
        }

        /** The labels of the open batch. */
        NDArray labels() {
            return Objects.requireNonNull(open).getLabels().head();
        }

        @Override
        public void close() {
            if (open != null) {
                open.close();
                open = null;
            }
        }
    }
}
