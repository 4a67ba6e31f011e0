package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a forward pass that only an interceptor can read, such as those of a type that DJL
 * does not know, and what all others read in their place.
 */
final class PrivateForms {

    /** What an array answers whatever its elements are. */
    private static final Set<String> INDIFFERENT =
            Set.of(
                    "getShape",
                    "getDevice",
                    "getUid",
                    "getName",
                    "setName",
                    "attach",
                    "tempAttach",
                    "detach",
                    "close",
                    "size",
                    "isEmpty",
                    "isScalar",
                    "isSparse",
                    "isReleased",
                    "hasGradient",
                    "hashCode");

    private final Map<NDArray, Supplier<NDArray>> readers = new IdentityHashMap<>();
    private final Map<NDArray, NDArray> read = new IdentityHashMap<>();
    private final Map<NDArray, DataType> types = new IdentityHashMap<>();

    void put(NDArray form, DataType type, Supplier<NDArray> reader) {
        readers.put(form, reader);
        types.put(form, type);
    }

    boolean isPrivate(@Nullable Object object) {
        return object instanceof NDArray array && readers.containsKey(array);
    }

    /** Returns the data type that an array stands for, or null where it is its own. */
    @Nullable DataType type(Object object) {
        return object instanceof NDArray array ? types.get(array) : null;
    }

    /** Whether a method of an array can be called on its private form. */
    static boolean isIndifferent(Method method) {
        return INDIFFERENT.contains(method.getName());
    }

    /** Returns what everybody can read: the array itself, unless it is a private form. */
    NDArray readable(NDArray array) {
        Supplier<NDArray> reader = readers.get(array);
        if (reader == null) {
            return array;
        }
        NDArray known = read.get(array);
        if (known == null) {
            known = reader.get();
            read.put(array, known);
        }
        return known;
    }

    /** {@link #readable(NDArray)} for an argument, and the arrays in it. */
    @Nullable Object readable(@Nullable Object argument) {
        if (readers.isEmpty()) {
            return argument;
        }
        if (argument instanceof NDArray array) {
            return readable(array);
        }
        if (argument instanceof NDList list) {
            NDList result = new NDList(list.size());
            list.forEach(array -> result.add(readable(array)));
            return result;
        }
        if (argument instanceof Object[] array) {
            Object[] result =
                    (Object[]) Array.newInstance(array.getClass().getComponentType(), array.length);
            for (int i = 0; i < array.length; i++) {
                result[i] = readable(array[i]);
            }
            return result;
        }
        return argument;
    }
}
