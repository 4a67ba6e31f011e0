package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** The in-place computations that optimizers share. */
final class UpdateKernels {

    /** Sets an array to zero, whatever it held. */
    static final UpdateKernel CLEAR =
            new UpdateKernel("clear", new double[0], UpdateKernels::clear);

    private UpdateKernels() {}

    /**
     * Moves an average towards a weight.
     *
     * @param amount the fraction of the way
     * @return a computation of the average and the weight
     */
    static UpdateKernel average(double amount) {
        return new UpdateKernel(
                "average",
                new double[] {amount},
                inputs -> lerp(inputs.get(0), inputs.get(1), amount));
    }

    /** Moves an array towards another one. */
    static void lerp(NDArray from, NDArray to, double amount) {
        from.addi(to.sub(from).mul(amount));
    }

    private static void clear(NDList inputs) {
        NDArray array = inputs.get(0);
        array.zerosLike().copyTo(array);
    }
}
