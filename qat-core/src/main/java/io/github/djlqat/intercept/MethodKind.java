package io.github.djlqat.intercept;

import ai.djl.ndarray.BytesSupplier;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What a call of a method of {@code NDArray}, {@code NDArrayEx} or {@code NDManager} means to
 * interception.
 */
enum MethodKind {
    /** Computes or creates arrays. */
    OP,
    /** Changes the receiver. */
    IN_PLACE,
    /** Hands out the extension of an array. */
    EXTENSION,
    /** Hands out the array of an extension. */
    ARRAY,
    /** Hands out the manager of an array, or a manager above or below. */
    MANAGER,
    /** Copies the data out of an array, which is how a plain array takes in a wrapped one. */
    BUFFER,
    /** Hands values of an array to Java, or to an array that interception does not follow. */
    READ,
    /** {@code Object.equals}. */
    EQUALS,
    /**
     * Anything else: arguments are unwrapped, a returned array is wrapped, and no interceptor is
     * asked.
     */
    PLAIN;

    private static final Set<String> NO_OPS =
            Set.of("getGradient", "from", "ret", "load", "decode", "getArray");
    private static final Set<String> MUTATORS = Set.of("set", "setScalar", "intern");
    private static final Set<String> READERS =
            Set.of(
                    "copyTo",
                    "encode",
                    "contentEquals",
                    "allClose",
                    "getAsBytes",
                    "getAsString",
                    "getAsObject");
    private static final Set<Class<?>> NUMBERS =
            Set.of(
                    boolean.class,
                    byte.class,
                    short.class,
                    int.class,
                    long.class,
                    float.class,
                    double.class);
    private static final ConcurrentMap<Method, MethodKind> KINDS = new ConcurrentHashMap<>();

    static MethodKind of(Method method) {
        return KINDS.computeIfAbsent(method, MethodKind::classify);
    }

    private static MethodKind classify(Method method) {
        String name = method.getName();
        Class<?> result = method.getReturnType();
        if (method.getDeclaringClass() == Object.class) {
            return name.equals("equals") ? EQUALS : PLAIN;
        }
        if (name.equals("getNDArrayInternal")) {
            return EXTENSION;
        }
        if (name.equals("getArray") && method.getDeclaringClass() == NDArrayEx.class) {
            return ARRAY;
        }
        if (name.equals("getManager")
                || name.equals("getParentManager")
                || name.equals("newSubManager")) {
            return MANAGER;
        }
        if (name.equals("toByteBuffer")) {
            return BUFFER;
        }
        if (NDArray.class.isAssignableFrom(method.getDeclaringClass()) && MUTATORS.contains(name)) {
            return IN_PLACE;
        }
        if (isReader(method)) {
            return READ;
        }
        boolean computes =
                NDArray.class.isAssignableFrom(result) || NDList.class.isAssignableFrom(result);
        if (!computes || NO_OPS.contains(name)) {
            return PLAIN;
        }
        boolean ofManager = NDManager.class.isAssignableFrom(method.getDeclaringClass());
        return !ofManager && isInPlaceName(method) ? IN_PLACE : OP;
    }

    /**
     * Besides the methods known by their names, those that DJL names after what they return: {@code
     * toFloatArray()}, {@code getFloat(long...)}.
     */
    private static boolean isReader(Method method) {
        if (!NDArray.class.isAssignableFrom(method.getDeclaringClass())
                && method.getDeclaringClass() != BytesSupplier.class) {
            return false;
        }
        String name = method.getName();
        boolean copies =
                name.startsWith("to") && name.endsWith("Array") && method.getReturnType().isArray();
        boolean picks =
                name.startsWith("get")
                        && NUMBERS.contains(method.getReturnType())
                        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {long[].class});
        return copies || picks || READERS.contains(name);
    }

    private static boolean isInPlaceName(Method method) {
        return pureTwin(method).isPresent();
    }

    /**
     * Returns the method that computes what a method computes in place. DJL names the in-place twin
     * of {@code name} {@code namei}, in the same interface.
     */
    static Optional<Method> pureTwin(Method method) {
        String name = method.getName();
        if (!name.endsWith("i")) {
            return Optional.empty();
        }
        String pure = name.substring(0, name.length() - 1);
        return Arrays.stream(method.getDeclaringClass().getMethods())
                .filter(other -> other.getName().equals(pure))
                .filter(
                        other ->
                                Arrays.equals(
                                        other.getParameterTypes(), method.getParameterTypes()))
                .findFirst();
    }
}
