package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * A computation on arrays, given twice: in plain array operations, which define it, and as a
 * TorchScript method, which is fast. {@link Kernels#run} chooses between them.
 *
 * <p>The method's parameters are the inputs, then, where there are constants, one double precision
 * tensor that holds them and lies on the CPU. It returns one tensor. Tensors whose type DJL does
 * not know, such as BF16 and FP8, must not leave it: they would end the process.
 */
public interface TensorKernel {

    /**
     * Returns the TorchScript form.
     *
     * @return the method
     */
    ScriptMethod script();

    /**
     * Returns the numbers that the TorchScript method needs beside the inputs.
     *
     * @return the constants; may be empty
     */
    default double[] constants() {
        return new double[0];
    }

    /**
     * Returns whether kernels of the same constants are run again and again, such as those of a
     * layer, rather than with other constants in each step. An array of them is then kept.
     *
     * @return false unless overridden
     */
    default boolean repeatsConstants() {
        return false;
    }

    /**
     * Refuses inputs that the computation is not defined for. Called before anything is computed.
     *
     * @param inputs the inputs
     * @throws IllegalArgumentException naming the input and what would be legal
     */
    void check(NDList inputs);

    /**
     * Computes the result in plain array operations. Temporary arrays are freed by the caller.
     *
     * @param inputs the inputs, checked
     * @return the result
     */
    NDArray compute(NDList inputs);
}
