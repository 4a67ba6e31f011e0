package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Sees every operation of a model's forward pass, and may change its arguments, its result, or run
 * it differently.
 *
 * <p>Interceptors form a chain, outermost first. Each either calls {@link OpCall#proceed()} to run
 * the rest of the chain and at last the operation itself, or returns a result of its own. An
 * interceptor is shared by all forward passes and must be safe to call from several threads; what
 * it remembers within one pass belongs into {@link ForwardPass#state}.
 */
@FunctionalInterface
public interface Interceptor {

    /**
     * Handles one operation.
     *
     * @param call the operation
     * @return the arrays the operation returns; none of them wrapped
     */
    NDList intercept(OpCall call);

    /**
     * Hears that the model is about to read the values of an array in Java, where operations can no
     * longer be seen. An interceptor that needs to see everything refuses that by an exception.
     *
     * @param pass the forward pass
     * @param array the array, not wrapped
     * @param method the name of the method that reads, such as {@code toFloatArray}
     */
    default void read(ForwardPass pass, NDArray array, String method) {}

    /**
     * Hears that the model's forward has returned, so that what was expected of it can be checked.
     * Not called where it throws.
     *
     * @param pass the forward pass, still open
     * @param outputs the model's outputs, not wrapped
     */
    default void complete(ForwardPass pass, NDList outputs) {}
}
