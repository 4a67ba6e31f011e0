package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of rectifiers whose work the quantizers behind them do, within one forward pass. An
 * operation that was not there when the model was prepared has no such quantizer, and is given the
 * rectified values.
 */
final class Unrectified {

    private final Map<NDArray, NDArray> rectified = new IdentityHashMap<>();

    /** Returns the array under an identity of its own. */
    NDArray absorb(NDArray array) {
        NDArray result = array.reshape(array.getShape());
        rectified.put(result, result);
        return result;
    }

    List<@Nullable Object> rectify(List<@Nullable Object> arguments) {
        if (rectified.isEmpty()) {
            return arguments;
        }
        List<@Nullable Object> changed = new ArrayList<>(arguments);
        changed.replaceAll(this::rectify);
        return changed;
    }

    private @Nullable Object rectify(@Nullable Object argument) {
        if (argument instanceof NDArray array) {
            return rectify(array);
        }
        if (argument instanceof NDList list) {
            NDList result = new NDList(list.size());
            list.forEach(array -> result.add(rectify(array)));
            return result;
        }
        return argument;
    }

    private NDArray rectify(NDArray array) {
        NDArray known = rectified.get(array);
        if (known == array) {
            known = array.getNDArrayInternal().relu();
            rectified.put(array, known);
        }
        return known == null ? array : known;
    }

    /**
     * Checks that the model returns none of them.
     *
     * @throws IllegalStateException if an output is a rectifier's result
     */
    void refuse(NDList outputs) {
        for (NDArray output : outputs) {
            if (rectified.containsKey(output)) {
                throw new IllegalStateException(
                        "The model returns the result, of shape "
                                + output.getShape()
                                + ", of a relu that it did not return when it was prepared. Have the block return the"
                                + " same outputs each time.");
            }
        }
    }
}
