package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors as numbers, numbers as bools, and the types of values. */
final class Conversions {

    private Conversions() {}

    static boolean truth(@Nullable Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        Number number = AtenCall.asNumber(value);
        if (number != null) {
            return number.doubleValue() != 0;
        }
        if (value instanceof Tensor tensor) {
            return read(tensor).doubleValue() != 0;
        }
        throw new TorchScriptException(
                "its condition is " + AtenCall.describe(value) + "; legal is a bool");
    }

    /**
     * Reads the one element of a tensor. While the block is traced, this is refused where the
     * element depends on the inputs.
     *
     * @return a {@code Long} or {@code Double}
     */
    static Number read(Tensor tensor) {
        NDArray array = tensor.array();
        if (array.size() != 1) {
            throw new TorchScriptException(
                    "a tensor of shape "
                            + array.getShape()
                            + " is used as a number; legal is one of a single element");
        }
        DataType type = array.getDataType();
        return switch (type) {
            case BOOLEAN -> array.toBooleanArray()[0] ? 1L : 0L;
            case INT64 -> array.toLongArray()[0];
            case INT32 -> (long) array.toIntArray()[0];
            case UINT8 -> (long) array.toUint8Array()[0];
            case FLOAT32 -> (double) array.toFloatArray()[0];
            case FLOAT64 -> array.toDoubleArray()[0];
            default ->
                    throw new TorchScriptException(
                            "a tensor of " + type + " is used as a number, which is not lifted");
        };
    }

    /** Returns a value as the type that it is annotated with. */
    static @Nullable Object cast(String type, @Nullable Object value) {
        return switch (type) {
            case "int" -> value instanceof Scalar ? integer(value) : value;
            case "float" -> value instanceof Scalar ? real(value) : value;
            case "number" -> value instanceof Scalar scalar ? scalar.value() : value;
            default -> value;
        };
    }

    static long integer(@Nullable Object value) {
        return number(value).longValue();
    }

    static double real(@Nullable Object value) {
        return number(value).doubleValue();
    }

    static Number number(@Nullable Object value) {
        Number number = AtenCall.asNumber(value);
        if (number != null) {
            return number;
        }
        if (value instanceof Tensor tensor) {
            return read(tensor);
        }
        if (value instanceof String text) {
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TorchScriptException('"' + text + "\" is no number", e);
            }
        }
        throw new TorchScriptException(
                AtenCall.describe(value) + " is converted to a number; legal is one element");
    }

    /** Returns whether a value is of a type. */
    static boolean isInstance(@Nullable Object value, String type) {
        String plain = type.startsWith("(") ? type.substring(1, type.length() - 1) : type;
        for (String option : plain.split(",(?![^\\[]*\\])")) {
            String name = option.strip();
            boolean is =
                    name.equals("Tensor") && (value instanceof Tensor || value instanceof Scalar)
                            || name.equals("int") && value instanceof Long
                            || name.equals("float") && value instanceof Double
                            || name.equals("bool") && value instanceof Boolean
                            || name.equals("str") && value instanceof String
                            || name.equals("NoneType") && value == null
                            || name.startsWith("List") && isListOf(name, value)
                            || name.startsWith("Tuple") && value instanceof Tuple
                            || name.startsWith("Dict") && value instanceof Map;
            if (is) {
                return true;
            }
        }
        return false;
    }

    private static boolean isListOf(String type, @Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return false;
        }
        int open = type.indexOf('[');
        return open < 0
                || list.isEmpty()
                || isInstance(list.get(0), type.substring(open + 1, type.length() - 1));
    }
}
