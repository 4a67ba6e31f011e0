package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Computations whose roundings are prescribed, such as integer arithmetic on codes. Interceptors
 * see their operations, but those that change the precision of others leave these alone.
 */
public final class Exact {

    private Exact() {}

    /**
     * Runs a computation, whose operations answer {@link OpCall#isExact()} with true in all forward
     * passes that its arguments belong to, however deep these are nested.
     *
     * @param arguments what is computed from, wrapped or not; other objects than arrays are passed
     *     over
     * @param computation the computation
     * @param <T> the type of its result
     * @return its result
     */
    public static <T> T run(List<? extends @Nullable Object> arguments, Supplier<T> computation) {
        List<ForwardPass> passes = passes(arguments);
        passes.forEach(ForwardPass::enterExact);
        try {
            return computation.get();
        } finally {
            passes.forEach(ForwardPass::leaveExact);
        }
    }

    private static List<ForwardPass> passes(List<? extends @Nullable Object> arguments) {
        List<ForwardPass> passes = new ArrayList<>();
        for (Object argument : arguments) {
            Object object = argument instanceof NDArray ? argument : null;
            for (WrappedObject handler = ArrayWrapper.handler(object);
                    handler != null;
                    handler = ArrayWrapper.handler(handler.plain())) {
                if (!passes.contains(handler.pass())) {
                    passes.add(handler.pass());
                }
            }
        }
        return passes;
    }
}
