package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Wraps plain arrays and managers for one forward pass, and unwraps them again. */
final class ArrayWrapper {

    private static final ClassLoader LOADER = NDArray.class.getClassLoader();

    private final ForwardPass pass;
    private final Map<NDArray, NDArray> wrapped = new IdentityHashMap<>();

    ArrayWrapper(ForwardPass pass) {
        this.pass = pass;
    }

    /** Returns the one wrapper that this pass has for an array. */
    NDArray wrap(NDArray array) {
        NDArray known = wrapped.get(array);
        if (known != null) {
            return known;
        }
        NDArray proxy = (NDArray) proxy(NDArray.class, new WrappedObject(pass, array));
        wrapped.put(array, proxy);
        return proxy;
    }

    /**
     * Makes the wrapper of an array stand for the result of an operation in place, which is another
     * array where an interceptor replaced the receiver.
     */
    void rebind(@Nullable NDArray receiver, NDArray result) {
        NDArray proxy = receiver == result ? null : wrapped.get(receiver);
        WrappedObject handler = handler(proxy);
        if (proxy != null && handler != null) {
            handler.rebind(result);
            wrapped.put(result, proxy);
        }
    }

    NDList wrap(NDList list) {
        NDList result = new NDList(list.size());
        list.forEach(array -> result.add(wrap(array)));
        return result;
    }

    NDArrayEx wrapExtension(NDArray array) {
        return (NDArrayEx)
                proxy(NDArrayEx.class, new WrappedObject(pass, array.getNDArrayInternal()));
    }

    NDManager wrap(NDManager manager) {
        return (NDManager) proxy(NDManager.class, new WrappedObject(pass, manager));
    }

    NDList unwrap(NDList list) {
        NDList result = new NDList(list.size());
        for (NDArray array : list) {
            result.add((NDArray) plain(array));
        }
        return result;
    }

    /**
     * Returns what a wrapper stands for: arrays within lists, Java arrays, indices and functions
     * too. A wrapper of another pass that is still open stays, so that nested interceptions each
     * see the operations.
     */
    @Nullable Object unwrap(@Nullable Object object) {
        if (object instanceof NDList list) {
            return unwrap(list);
        }
        if (object instanceof NDIndex index) {
            return IndexUnwrapper.unwrap(index, this);
        }
        if (object instanceof Object[] array
                && mayHoldWrappers(array.getClass().getComponentType())) {
            Object[] result =
                    (Object[]) Array.newInstance(array.getClass().getComponentType(), array.length);
            for (int i = 0; i < array.length; i++) {
                result[i] = unwrap(array[i]);
            }
            return result;
        }
        if (object instanceof Function<?, ?> function) {
            @SuppressWarnings("unchecked")
            Function<Object, Object> typed = (Function<Object, Object>) function;
            return (Function<Object, Object>)
                    argument ->
                            readable(
                                    typed.apply(
                                            argument instanceof NDArray array
                                                    ? wrap(array)
                                                    : argument));
        }
        return plain(object);
    }

    /** Returns what a wrapper stands for, in a form that everybody can read. */
    NDArray readable(NDArray array) {
        return (NDArray) Objects.requireNonNull(readable((Object) array));
    }

    private @Nullable Object readable(@Nullable Object object) {
        return pass.forms().readable(unwrap(object));
    }

    private static boolean mayHoldWrappers(Class<?> component) {
        return component == Object.class
                || component.isInterface() && component.isAssignableFrom(NDArray.class)
                || component == NDList.class;
    }

    private @Nullable Object plain(@Nullable Object object) {
        WrappedObject handler = handler(object);
        if (handler == null || handler.pass() != pass && handler.pass().isOpen()) {
            return object;
        }
        return handler.plain();
    }

    /** Returns what a wrapper of a forward pass stands for, and any other object as it is. */
    static Object plain(Object object, ForwardPass owner) {
        WrappedObject handler = handler(object);
        return handler != null && handler.pass() == owner ? handler.plain() : object;
    }

    static @Nullable WrappedObject handler(@Nullable Object object) {
        if (object != null && Proxy.isProxyClass(object.getClass())) {
            InvocationHandler handler = Proxy.getInvocationHandler(object);
            return handler instanceof WrappedObject ours ? ours : null;
        }
        return null;
    }

    private static Object proxy(Class<?> type, WrappedObject handler) {
        return Proxy.newProxyInstance(LOADER, new Class<?>[] {type}, handler);
    }
}
