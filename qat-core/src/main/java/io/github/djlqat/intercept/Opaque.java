package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Computations that interception does not look into, such as those that hand their arrays to native
 * code, which takes no wrapped ones.
 */
public final class Opaque {

    private Opaque() {}

    /** A computation on plain arrays. */
    @FunctionalInterface
    public interface Computation {

        /**
         * Computes an array.
         *
         * @param manager the manager that the result attaches to, not wrapped
         * @param arrays the arguments, none of them wrapped
         * @return the result
         */
        NDArray compute(NDManager manager, List<NDArray> arrays);
    }

    /**
     * Runs a computation on what arguments stand for, and wraps its result for the forward passes
     * that they belong to, however deep these are nested. No interceptor sees it; gradients flow
     * through it as they do through plain arrays. Operations on the result are named as if it were
     * the first argument, so that a layer with a changed weight keeps its name.
     *
     * @param name what the computation is called in errors
     * @param manager the manager that the result attaches to
     * @param arrays the arguments, wrapped or not
     * @param computation the computation
     * @return its result, wrapped where an argument was
     * @throws IllegalStateException if a forward pass is being recorded, whose graph would lack the
     *     computation
     */
    public static NDArray run(
            String name, NDManager manager, List<NDArray> arrays, Computation computation) {
        ForwardPass pass = null;
        for (NDArray array : arrays) {
            WrappedObject handler = ArrayWrapper.handler(array);
            pass = handler == null ? pass : handler.pass();
        }
        if (pass == null) {
            return computation.compute(manager, arrays);
        }
        if (pass.isRecording()) {
            throw new IllegalStateException(
                    name
                            + " runs in native code and cannot be recorded. Record the model in floating point,"
                            + " or use the graph of the converted model.");
        }
        ForwardPass inner = pass;
        List<NDArray> plain = new ArrayList<>(arrays.size());
        arrays.forEach(array -> plain.add(readable(array, inner)));
        NDManager below = (NDManager) ArrayWrapper.plain(manager, inner);
        NDArray result = run(name, below, plain, computation);
        inner.derive(result, plain.get(0));
        return inner.wrapper().wrap(result);
    }

    private static NDArray readable(NDArray array, ForwardPass owner) {
        return owner.forms().readable((NDArray) ArrayWrapper.plain(array, owner));
    }
}
