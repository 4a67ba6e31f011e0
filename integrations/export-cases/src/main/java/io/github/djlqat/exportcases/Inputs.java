package io.github.djlqat.exportcases;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/** Makes the inputs of a model. */
@FunctionalInterface
public interface Inputs {

    /**
     * Makes inputs.
     *
     * @param manager the manager that they attach to
     * @param batch the number of samples
     * @return the inputs, the same for a batch size
     */
    NDList create(NDManager manager, int batch);
}
