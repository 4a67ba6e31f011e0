package io.github.djlqat.workflow;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.workflow.model.ScriptModel;
import java.io.IOException;

/** Whether a quantized TorchScript file, and blocks that it was lifted to, compute the same. */
final class ScriptAgreement {

    /**
     * The share of codes that may be the ones beside: a sum of 1,000 terms in another order is off
     * by \( \sqrt{1000} \cdot 2^{-24} \) of a range of 255 steps, and crosses a tie where it is as
     * near, on either side.
     */
    private static final double CROSSED_TIES = 1e-3;

    /** The square of a step \( s \) over that of rounding, \( s^2 / 12 \). */
    private static final double STEP = 12;

    /** Of the squares of values, what sums in another order may change themselves. */
    static final double ROUNDING = 1e-9;

    private ScriptAgreement() {}

    /**
     * Compares outputs.
     *
     * @param script the file
     * @param plain the blocks without quantization
     * @param quantized the blocks, quantized as the file is
     * @param batch the inputs
     * @return the root of the squared differences, over that of the squares of the file's outputs
     * @throws WorkflowException if they differ by more than the order of sums does
     */
    static double require(ScriptModel script, Block plain, Block quantized, NDList batch)
            throws IOException {
        try (NDManager scope = batch.head().getManager().newSubManager()) {
            NDList inputs = new NDList(batch);
            float[] wanted = values(script.predict(inputs), scope);
            float[] own = values(run(quantized, inputs), scope);
            float[] exact = values(run(plain, inputs), scope);
            double signal = squares(wanted);
            double allowed = ROUNDING * signal + CROSSED_TIES * STEP * distance(wanted, exact);
            double distance = distance(wanted, own);
            if (!(distance <= allowed)) {
                throw new WorkflowException(
                        "What it computes differs from what it computes when lifted by "
                                + Math.sqrt(distance / signal)
                                + " of its outputs; calibrated and converted models are legal.");
            }
            return signal == 0 ? 0 : Math.sqrt(distance / signal);
        }
    }

    private static NDList run(Block block, NDList inputs) {
        return block.forward(new ParameterStore(inputs.head().getManager(), false), inputs, false);
    }

    private static float[] values(NDList outputs, NDManager scope) {
        outputs.attach(scope);
        return outputs.head().toFloatArray();
    }

    static double squares(float[] values) {
        return distance(values, new float[values.length]);
    }

    /** Returns the sum of squared differences, NaN where there are not as many. */
    static double distance(float[] a, float[] b) {
        double sum = a.length == b.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
