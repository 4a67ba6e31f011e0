package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * A kernel with a third form, in Java over the memory of arrays on the CPU. It makes one pass where
 * array operations make many, but autograd does not see it.
 */
interface HostKernel extends TensorKernel {

    /**
     * Returns whether this form may be used.
     *
     * @param inputs the inputs, checked
     * @return false where an input needs a gradient or lies elsewhere, or this form lacks an option
     */
    boolean suitsHost(NDList inputs);

    /**
     * Computes the result.
     *
     * @param manager the manager that the result attaches to
     * @param inputs the inputs, suited
     * @return the result
     */
    NDArray computeOnHost(NDManager manager, NDList inputs);
}
