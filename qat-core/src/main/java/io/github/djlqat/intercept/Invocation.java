package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method of an array, of its extension or of a manager, and the plain object it is called on.
 *
 * @param method the method
 * @param receiver the plain {@code NDArray}, {@code NDArrayEx} or {@code NDManager}
 */
record Invocation(Method method, Object receiver) {

    boolean isExtension() {
        return receiver instanceof NDArrayEx;
    }

    boolean isInPlace() {
        return MethodKind.of(method) == MethodKind.IN_PLACE;
    }

    NDManager manager() {
        if (receiver instanceof NDArray array) {
            return array.getManager();
        }
        if (receiver instanceof NDArrayEx extension) {
            return extension.getArray().getManager();
        }
        return (NDManager) receiver;
    }

    /**
     * Calls the method; arguments hold the receiver array first, unless the receiver is a manager.
     */
    NDList call(List<@Nullable Object> arguments) {
        Object target = receiver;
        Method called = method;
        Object[] values;
        if (receiver instanceof NDManager) {
            values = arguments.toArray();
        } else {
            NDArray array = (NDArray) arguments.get(0);
            target = isExtension() ? array.getNDArrayInternal() : array;
            if (isInPlace() && array != receiverArray()) {
                called = withoutSideEffect();
            }
            values = arguments.subList(1, arguments.size()).toArray();
        }
        Object result = invoke(called, target, values);
        if (result instanceof NDArray array) {
            return new NDList(array);
        }
        return result instanceof NDList list ? list : new NDList();
    }

    private Object receiverArray() {
        return receiver instanceof NDArrayEx extension ? extension.getArray() : receiver;
    }

    /**
     * What an interceptor put in the receiver's place may be in use elsewhere, so it must not
     * change.
     */
    private Method withoutSideEffect() {
        return MethodKind.pureTwin(method)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        method.getName()
                                                + " writes into its array, so an interceptor cannot replace that array."));
    }

    /** Calls a method and throws what it throws, unwrapped. */
    static @Nullable Object invoke(
            Method method, Object target, @Nullable Object @Nullable [] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(method.getName() + " failed: " + cause, cause);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(
                    method
                            + " of "
                            + target.getClass()
                            + " is not accessible; arguments "
                            + Arrays.toString(arguments),
                    e);
        }
    }
}
