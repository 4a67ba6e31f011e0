package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers the calls on a wrapped array, extension or manager. */
final class WrappedObject implements InvocationHandler {

    private final ForwardPass pass;
    private Object plain;

    /**
     * Stands for an object.
     *
     * @param pass the forward pass that the wrapper belongs to
     * @param plain the {@code NDArray}, {@code NDArrayEx} or {@code NDManager} behind the wrapper
     */
    WrappedObject(ForwardPass pass, Object plain) {
        this.pass = pass;
        this.plain = plain;
    }

    ForwardPass pass() {
        return pass;
    }

    Object plain() {
        return plain;
    }

    /** Makes the wrapper stand for what an operation in place has made of its array. */
    void rebind(NDArray result) {
        plain = result;
    }

    @Override
    public @Nullable Object invoke(
            Object proxy, Method method, @Nullable Object @Nullable [] given) {
        @Nullable Object[] arguments = given == null ? new Object[0] : given;
        MethodKind kind = MethodKind.of(method);
        switch (kind) {
            case EXTENSION:
                return pass.wrapper().wrapExtension((NDArray) plain);
            case ARRAY:
                return pass.wrapper().wrap(((NDArrayEx) plain).getArray());
            case EQUALS:
                return proxy == arguments[0] || isEqual(pass.wrapper().unwrap(arguments[0]));
            case READ:
                pass.read((NDArray) plain, method.getName());
                break;
            case BUFFER:
                pass.read((NDArray) plain, method.getName());
                guardBuffer();
                return Invocation.invoke(method, pass.forms().readable((NDArray) plain), arguments);
            default:
                break;
        }
        if (method.getName().equals("copyTo") && pass.isOpen() && isWrapper(arguments[0])) {
            // The other array changes, which interceptors have to see.
            NDArray readable = pass.forms().readable((NDArray) plain);
            ((NDArray) Objects.requireNonNull(arguments[0])).set(readable.toByteBuffer());
            return null;
        }
        @Nullable Object[] values = unwrapAll(arguments);
        if (kind == MethodKind.MANAGER) {
            NDManager manager = (NDManager) Invocation.invoke(method, plain, values);
            return manager == null ? null : pass.wrapper().wrap(manager);
        }
        // What is kept beyond the forward pass goes on working, but is no longer part of it.
        if (kind == MethodKind.PLAIN || kind == MethodKind.READ || !pass.isOpen()) {
            return ask(method, values);
        }
        if (kind == MethodKind.IN_PLACE && pass.forms().isPrivate(plain)) {
            NDArray readable = pass.forms().readable((NDArray) plain);
            pass.wrapper().rebind((NDArray) plain, readable);
        }
        List<@Nullable Object> all = withReceiver(values);
        NDList results = pass.dispatch(new Invocation(method, plain), all);
        if (kind == MethodKind.IN_PLACE && !results.isEmpty()) {
            pass.wrapper().rebind((NDArray) all.get(0), results.singletonOrThrow());
        }
        if (method.getReturnType() == void.class) {
            return null;
        }
        if (NDList.class.isAssignableFrom(method.getReturnType())) {
            return pass.wrapper().wrap(results);
        }
        return pass.wrapper().wrap(results.singletonOrThrow());
    }

    private static boolean isWrapper(@Nullable Object object) {
        return ArrayWrapper.handler(object) != null;
    }

    private List<@Nullable Object> withReceiver(@Nullable Object[] values) {
        List<@Nullable Object> all = new ArrayList<>(values.length + 1);
        if (plain instanceof NDArray) {
            all.add(plain);
        } else if (plain instanceof NDArrayEx extension) {
            all.add(extension.getArray());
        }
        for (Object value : values) {
            all.add(value);
        }
        return all;
    }

    private @Nullable Object[] unwrapAll(@Nullable Object[] arguments) {
        @Nullable Object[] values = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            values[i] = pass.wrapper().unwrap(arguments[i]);
        }
        return values;
    }

    private @Nullable Object wrapAny(@Nullable Object result) {
        if (result instanceof NDArray array) {
            return pass.wrapper().wrap(array);
        }
        return result instanceof NDList list ? pass.wrapper().wrap(list) : result;
    }

    private @Nullable Object ask(Method method, @Nullable Object[] values) {
        PrivateForms forms = pass.forms();
        if (plain instanceof NDManager || PrivateForms.isIndifferent(method)) {
            return wrapAny(Invocation.invoke(method, plain, values));
        }
        DataType type = forms.type(plain);
        if (type != null && method.getName().equals("getDataType")) {
            return type;
        }
        @Nullable Object[] readable = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            readable[i] = forms.readable(values[i]);
        }
        return wrapAny(Invocation.invoke(method, target(forms), readable));
    }

    private boolean isEqual(@Nullable Object other) {
        PrivateForms forms = pass.forms();
        if (plain instanceof NDArray array
                && other instanceof NDArray compared
                && array != compared
                && array.getShape().equals(compared.getShape())) {
            pass.read(array, "equals");
            pass.read(compared, "equals");
        }
        return Objects.equals(forms.readable(plain), forms.readable(other));
    }

    private Object target(PrivateForms forms) {
        if (plain instanceof NDArrayEx extension && forms.isPrivate(extension.getArray())) {
            return forms.readable(extension.getArray()).getNDArrayInternal();
        }
        return Objects.requireNonNull(forms.readable(plain));
    }

    private void guardBuffer() {
        if (pass.guardsBuffers()) {
            throw new IllegalStateException(
                    "An array that the model computes, of shape "
                            + ((NDArray) plain).getShape()
                            + ", is about to be copied byte by byte, which cuts its gradient and hides the operation."
                            + " This happens when an operation is called on an array made outside of the forward pass"
                            + " with a computed array as its argument. Call it the other way round, or make the outside"
                            + " array a Parameter of the block.");
        }
    }
}
