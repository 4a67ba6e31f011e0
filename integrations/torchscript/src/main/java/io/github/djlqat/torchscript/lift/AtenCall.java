package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of one of PyTorch's operations with its arguments.
 *
 * @param name the operation, such as {@code conv2d}
 * @param arguments the arguments that are known by their position
 * @param keywords those that are known by their name
 * @param manager what new arrays attach to
 * @param training whether the forward pass is one of training
 * @param budget the limits of the run
 */
record AtenCall(
        String name,
        List<@Nullable Object> arguments,
        Map<String, @Nullable Object> keywords,
        NDManager manager,
        boolean training,
        Budget budget) {

    TorchScriptException refusal(String problem) {
        return new TorchScriptException(problem);
    }

    int size() {
        return arguments.size();
    }

    /** Returns an argument, or null where it is left out or None. */
    @Nullable Object get(int i, String keyword) {
        return i >= 0 && i < arguments.size() ? arguments.get(i) : keywords.get(keyword);
    }

    boolean has(int i, String keyword) {
        return get(i, keyword) != null;
    }

    boolean isTensor(int i) {
        return i < arguments.size()
                && (arguments.get(i) instanceof Tensor || arguments.get(i) instanceof Scalar);
    }

    Tensor tensor(int i) {
        return tensor(i, "");
    }

    Tensor tensor(int i, String keyword) {
        Tensor tensor = optionalTensor(i, keyword);
        if (tensor == null) {
            throw wrong(i, keyword, "a tensor");
        }
        return tensor;
    }

    @Nullable Tensor optionalTensor(int i, String keyword) {
        Object value = get(i, keyword);
        return value == null ? null : asTensor(value, i, keyword);
    }

    private Tensor asTensor(@Nullable Object value, int i, String keyword) {
        if (value instanceof Tensor tensor) {
            return tensor;
        }
        if (value instanceof Scalar scalar) {
            return Tensor.of(Numbers.array(scalar.number(), scalar.type(), manager));
        }
        throw wrong(i, keyword, "a tensor");
    }

    NDArray array(int i) {
        return tensor(i).array();
    }

    NDArray array(int i, String keyword) {
        return tensor(i, keyword).array();
    }

    @Nullable NDArray optionalArray(int i, String keyword) {
        Tensor tensor = optionalTensor(i, keyword);
        return tensor == null ? null : tensor.array();
    }

    NDList arrays(int i, String keyword) {
        Object value = get(i, keyword);
        NDList list = new NDList();
        for (Object item : items(value, i, keyword)) {
            list.add(asTensor(item, i, keyword).array());
        }
        return list;
    }

    private List<@Nullable Object> items(@Nullable Object value, int i, String keyword) {
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            List<@Nullable Object> items = (List<@Nullable Object>) list;
            return items;
        }
        throw wrong(i, keyword, "a list");
    }

    /** Returns a number: a {@code Long} or {@code Double}. */
    Number number(int i, String keyword) {
        Object value = get(i, keyword);
        Number number = asNumber(value);
        if (number == null) {
            throw wrong(i, keyword, "a number that is known before the model runs");
        }
        return number;
    }

    static @Nullable Number asNumber(@Nullable Object value) {
        if (value instanceof Boolean bool) {
            return bool ? 1L : 0L;
        }
        if (value instanceof Scalar scalar) {
            return scalar.number();
        }
        return value instanceof Number number ? number : null;
    }

    double real(int i, String keyword, double otherwise) {
        return has(i, keyword) ? number(i, keyword).doubleValue() : otherwise;
    }

    long integer(int i, String keyword) {
        return number(i, keyword).longValue();
    }

    long integer(int i, String keyword, long otherwise) {
        return has(i, keyword) ? integer(i, keyword) : otherwise;
    }

    int axis(int i, String keyword, int rank) {
        return axis(integer(i, keyword), rank);
    }

    int axis(int i, String keyword, long otherwise, int rank) {
        return axis(integer(i, keyword, otherwise), rank);
    }

    /** Counts an axis from the front. */
    int axis(long axis, int rank) {
        long positive = axis < 0 ? axis + rank : axis;
        if (positive < 0 || positive >= Math.max(1, rank)) {
            throw refusal(
                    "its axis is "
                            + axis
                            + "; of a tensor with "
                            + rank
                            + " axes, "
                            + -rank
                            + " to "
                            + (rank - 1)
                            + " are legal");
        }
        return (int) positive;
    }

    boolean flag(int i, String keyword, boolean otherwise) {
        return has(i, keyword) ? number(i, keyword).doubleValue() != 0 : otherwise;
    }

    String text(int i, String keyword, String otherwise) {
        Object value = get(i, keyword);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(i, keyword, "a string");
    }

    /** Returns a list of ints, or null where it is left out; one int is a list of one. */
    long @Nullable [] optionalIntegers(int i, String keyword) {
        Object value = get(i, keyword);
        if (value == null) {
            return null;
        }
        Number single = asNumber(value);
        if (single != null) {
            return new long[] {single.longValue()};
        }
        List<@Nullable Object> items = items(value, i, keyword);
        long[] integers = new long[items.size()];
        for (int k = 0; k < integers.length; k++) {
            Number number = asNumber(items.get(k));
            if (number == null) {
                throw wrong(i, keyword, "a list of ints that are known before the model runs");
            }
            integers[k] = number.longValue();
        }
        return integers;
    }

    long[] integers(int i, String keyword) {
        long[] integers = optionalIntegers(i, keyword);
        if (integers == null) {
            throw wrong(i, keyword, "a list of ints");
        }
        return integers;
    }

    /** Returns axes counted from the front, or null where they are left out or none. */
    int @Nullable [] optionalAxes(int i, String keyword, int rank) {
        long[] axes = optionalIntegers(i, keyword);
        if (axes == null || axes.length == 0) {
            return null;
        }
        int[] positive = new int[axes.length];
        for (int k = 0; k < axes.length; k++) {
            positive[k] = axis(axes[k], rank);
        }
        return positive;
    }

    /** Returns an element type, or null where it is left out. */
    @Nullable DataType optionalType(int i, String keyword) {
        Object value = get(i, keyword);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Long code)) {
            throw wrong(i, keyword, "an element type");
        }
        return ElementTypes.of(code);
    }

    /** Counts a result's elements before it is computed. */
    Shape reserved(long... shape) {
        Shape result = new Shape(shape);
        budget.reserve(result);
        return result;
    }

    TorchScriptException wrong(int i, String keyword, String expected) {
        Object value = get(i, keyword);
        return refusal(
                "its argument "
                        + (i >= 0 && i < arguments.size() ? String.valueOf(i + 1) : keyword)
                        + " is "
                        + describe(value)
                        + "; legal is "
                        + expected);
    }

    static String describe(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Tensor tensor) {
            return "a tensor of " + tensor.type() + " " + tensor.shape();
        }
        if (value instanceof List<?> list) {
            return "a list of " + list.size();
        }
        if (value instanceof Tuple tuple) {
            return "a tuple of " + tuple.items().size();
        }
        if (value instanceof Number || value instanceof Boolean || value instanceof Scalar) {
            return value instanceof Scalar scalar
                    ? String.valueOf(scalar.value())
                    : value.toString();
        }
        return value instanceof String text ? '"' + text + '"' : "no value of an operation";
    }
}
