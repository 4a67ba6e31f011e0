package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operations on numbers, bools, strings, lists and dictionaries, computed in Java. */
final class ScalarOps {

    private static final Map<String, AtenOp> TABLE = table();

    private ScalarOps() {}

    /** An operation of two numbers. */
    @FunctionalInterface
    private interface Binary {
        Object apply(Number a, Number b);
    }

    static boolean isKnown(String name) {
        return TABLE.containsKey(name);
    }

    /** Returns whether no argument is a tensor that is computed when the model runs. */
    static boolean takes(AtenCall call) {
        return switch (call.name()) {
            case "len",
                    "append",
                    "insert",
                    "extend",
                    "pop",
                    "clear",
                    "list",
                    "__getitem__",
                    "_set_item",
                    "__is__",
                    "__isnot__",
                    "int",
                    "float",
                    "bool",
                    "Int",
                    "Float",
                    "Bool",
                    "IntImplicit",
                    "FloatImplicit",
                    "ScalarImplicit",
                    "item",
                    "format",
                    "str",
                    "keys",
                    "values",
                    "items",
                    "reverse",
                    "copy",
                    "warn",
                    "RaiseException" ->
                    !(call.name().equals("len") && call.get(0, "") instanceof Tensor);
            case "add", "slice" ->
                    !call.isTensor(0) && !holdsTensor(call)
                            || call.get(0, "") instanceof List
                            || call.get(0, "") instanceof Scalar && !holdsTensor(call);
            default -> !holdsTensor(call);
        };
    }

    private static boolean holdsTensor(AtenCall call) {
        return call.arguments().stream().anyMatch(ScalarOps::isTensor)
                || call.keywords().values().stream().anyMatch(ScalarOps::isTensor);
    }

    private static boolean isTensor(@Nullable Object value) {
        return value instanceof Tensor
                || value instanceof List<?> list && list.stream().anyMatch(ScalarOps::isTensor);
    }

    static @Nullable Object apply(AtenCall call) {
        return Objects.requireNonNull(TABLE.get(call.name())).apply(call);
    }

    static Object negated(@Nullable Object value) {
        if (value instanceof Scalar scalar) {
            return Scalar.of(negated(scalar.value()));
        }
        if (value instanceof Long integer) {
            return -integer;
        }
        if (value instanceof Double real) {
            return -real;
        }
        throw new TorchScriptException("the sign of " + AtenCall.describe(value) + " is changed");
    }

    private static Map<String, AtenOp> table() {
        Map<String, AtenOp> table = new HashMap<>();
        binary(
                table,
                "sub",
                (a, b) ->
                        isReal(a, b)
                                ? a.doubleValue() - b.doubleValue()
                                : (Object) (a.longValue() - b.longValue()));
        binary(
                table,
                "rsub",
                (a, b) ->
                        isReal(a, b)
                                ? b.doubleValue() - a.doubleValue()
                                : (Object) (b.longValue() - a.longValue()));
        Binary add =
                (a, b) ->
                        isReal(a, b)
                                ? a.doubleValue() + b.doubleValue()
                                : (Object) (a.longValue() + b.longValue());
        Binary mul =
                (a, b) ->
                        isReal(a, b)
                                ? a.doubleValue() * b.doubleValue()
                                : (Object) (a.longValue() * b.longValue());
        table.put(
                "add", call -> call.get(0, "") instanceof List ? joined(call) : binary(call, add));
        table.put(
                "mul",
                call -> call.get(0, "") instanceof List ? repeated(call) : binary(call, mul));
        table.put("div", ScalarOps::quotient);
        binary(table, "floordiv", ScalarOps::floorDiv);
        binary(table, "floor_divide", ScalarOps::floorDiv);
        binary(table, "remainder", ScalarOps::remainder);
        binary(table, "pow", ScalarOps::power);
        binary(table, "lt", (a, b) -> compare(a, b) < 0);
        binary(table, "le", (a, b) -> compare(a, b) <= 0 && !isNaN(a, b));
        binary(table, "gt", (a, b) -> compare(a, b) > 0 && !isNaN(a, b));
        binary(table, "ge", (a, b) -> compare(a, b) >= 0 && !isNaN(a, b));
        table.put("eq", call -> boxed(call, equal(call.get(0, ""), call.get(1, ""))));
        table.put("ne", call -> boxed(call, !equal(call.get(0, ""), call.get(1, ""))));
        table.put(
                "__and__",
                call -> Conversions.truth(call.get(0, "")) & Conversions.truth(call.get(1, "")));
        table.put(
                "__or__",
                call -> Conversions.truth(call.get(0, "")) | Conversions.truth(call.get(1, "")));
        table.put("__not__", call -> !Conversions.truth(call.get(0, "")));
        table.put("neg", call -> negated(call.get(0, "")));
        binaryMany(table, "max", 1);
        binaryMany(table, "min", -1);
        unary(table, "sqrt", Math::sqrt);
        unary(table, "exp", Math::exp);
        unary(table, "log", Math::log);
        table.put("ceil", call -> integral(call, Math.ceil(Conversions.real(call.get(0, "")))));
        table.put("floor", call -> integral(call, Math.floor(Conversions.real(call.get(0, "")))));
        table.put("round", call -> boxed(call, Math.rint(Conversions.real(call.get(0, "")))));
        table.put("abs", ScalarOps::absolute);
        for (String name : List.of("int", "Int", "IntImplicit")) {
            table.put(name, call -> Conversions.integer(call.get(0, "")));
        }
        for (String name : List.of("float", "Float", "FloatImplicit")) {
            table.put(name, call -> Conversions.real(call.get(0, "")));
        }
        for (String name : List.of("bool", "Bool")) {
            table.put(name, call -> Conversions.truth(call.get(0, "")));
        }
        table.put("item", call -> Conversions.number(call.get(0, "")));
        table.put("ScalarImplicit", call -> Conversions.number(call.get(0, "")));
        table.put("NumToTensor", call -> Scalar.of(Objects.requireNonNull(plain(call.get(0, "")))));
        table.put("str", call -> String.valueOf(call.get(0, "")));
        table.put("format", ScalarOps::format);
        table.put("warn", call -> null);
        table.put("RaiseException", ScalarOps::raise);
        table.put("__is__", call -> (call.get(0, "") == null) == (call.get(1, "") == null));
        table.put("__isnot__", call -> (call.get(0, "") == null) != (call.get(1, "") == null));
        table.put("__contains__", ScalarOps::contains);
        table.put(
                "__range_length",
                call -> rangeLength(call.integer(0, ""), call.integer(1, ""), call.integer(2, "")));
        table.put(
                "__derive_index",
                call -> call.integer(1, "") + call.integer(0, "") * call.integer(2, ""));
        table.put("range", ScalarOps::range);
        ListOps.register(table);
        return table;
    }

    private static void binary(Map<String, AtenOp> table, String name, Binary op) {
        table.put(name, call -> binary(call, op));
    }

    private static Object binary(AtenCall call, Binary op) {
        return boxed(call, op.apply(call.number(0, "self"), call.number(1, "other")));
    }

    private static void binaryMany(Map<String, AtenOp> table, String name, int sign) {
        table.put(
                name,
                call -> {
                    List<?> items =
                            call.get(0, "") instanceof List<?> list ? list : call.arguments();
                    Object best = null;
                    for (Object item : items) {
                        Number number = Conversions.number(item);
                        if (best == null || sign * compare(number, (Number) best) > 0) {
                            best = number;
                        }
                    }
                    if (best == null) {
                        throw new TorchScriptException("the list is empty");
                    }
                    return boxed(call, best);
                });
    }

    private static void unary(Map<String, AtenOp> table, String name, DoubleUnaryOperator op) {
        table.put(
                name, call -> boxed(call, op.applyAsDouble(call.number(0, "self").doubleValue())));
    }

    /** A result of tensors without axes is one too. */
    private static Object boxed(AtenCall call, Object value) {
        boolean tensor = call.arguments().stream().anyMatch(Scalar.class::isInstance);
        return tensor ? Scalar.of(value) : value;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return value instanceof Scalar scalar ? scalar.value() : value;
    }

    private static boolean isReal(Number a, Number b) {
        return a instanceof Double || b instanceof Double;
    }

    private static boolean isNaN(Number a, Number b) {
        return Double.isNaN(a.doubleValue()) || Double.isNaN(b.doubleValue());
    }

    private static int compare(Number a, Number b) {
        return isReal(a, b)
                ? Double.compare(a.doubleValue(), b.doubleValue())
                : Long.compare(a.longValue(), b.longValue());
    }

    private static boolean equal(@Nullable Object a, @Nullable Object b) {
        Number first = AtenCall.asNumber(a);
        Number second = AtenCall.asNumber(b);
        if (first != null && second != null) {
            return compare(first, second) == 0 && !isNaN(first, second);
        }
        return Objects.equals(plain(a), plain(b));
    }

    private static Object quotient(AtenCall call) {
        Number a = call.number(0, "self");
        Number b = call.number(1, "other");
        return switch (call.text(-1, "rounding_mode", "")) {
            case "floor" -> boxed(call, floorDiv(a, b));
            case "trunc" ->
                    boxed(
                            call,
                            isReal(a, b)
                                    ? truncated(a.doubleValue() / b.doubleValue())
                                    : (Object) (a.longValue() / nonZero(b)));
            default -> {
                if (b.doubleValue() == 0 && !(call.get(0, "") instanceof Scalar)) {
                    throw new TorchScriptException("it divides by 0");
                }
                yield boxed(call, a.doubleValue() / b.doubleValue());
            }
        };
    }

    private static double truncated(double value) {
        return value < 0 ? Math.ceil(value) : Math.floor(value);
    }

    private static long nonZero(Number number) {
        if (number.longValue() == 0) {
            throw new TorchScriptException("it divides by 0");
        }
        return number.longValue();
    }

    private static Object floorDiv(Number a, Number b) {
        return isReal(a, b)
                ? Math.floor(a.doubleValue() / b.doubleValue())
                : (Object) Math.floorDiv(a.longValue(), nonZero(b));
    }

    private static Object remainder(Number a, Number b) {
        if (isReal(a, b)) {
            double divisor = b.doubleValue();
            return a.doubleValue() - Math.floor(a.doubleValue() / divisor) * divisor;
        }
        return Math.floorMod(a.longValue(), nonZero(b));
    }

    private static Object power(Number a, Number b) {
        double power = Math.pow(a.doubleValue(), b.doubleValue());
        return isReal(a, b) || b.longValue() < 0 ? power : (Object) (long) power;
    }

    /** Numbers are rounded to ints, tensors keep their type. */
    private static Object integral(AtenCall call, double value) {
        return call.get(0, "") instanceof Scalar scalar
                ? Scalar.of(scalar.value() instanceof Double ? value : (Object) (long) value)
                : (Object) (long) value;
    }

    private static Object absolute(AtenCall call) {
        Number number = call.number(0, "self");
        return boxed(
                call,
                number instanceof Double real
                        ? Math.abs(real)
                        : (Object) Math.abs(number.longValue()));
    }

    private static Object joined(AtenCall call) {
        List<@Nullable Object> all = new ArrayList<>(ListOps.list(call, 0));
        all.addAll(ListOps.list(call, 1));
        ListOps.requireSize(all.size());
        return all;
    }

    private static Object repeated(AtenCall call) {
        List<@Nullable Object> list = ListOps.list(call, 0);
        long times = Math.max(0, call.integer(1, ""));
        ListOps.requireSize(Math.multiplyExact(times, (long) list.size()));
        List<@Nullable Object> all = new ArrayList<>();
        Collections.nCopies((int) times, list).forEach(all::addAll);
        return all;
    }

    private static boolean contains(AtenCall call) {
        Object owner = call.get(0, "");
        if (owner instanceof Map<?, ?> map) {
            return map.containsKey(call.get(1, ""));
        }
        if (owner instanceof String text) {
            return text.contains(String.valueOf(call.get(1, "")));
        }
        return ListOps.list(call, 0).stream().anyMatch(item -> equal(item, call.get(1, "")));
    }

    private static Range range(AtenCall call) {
        long from = call.size() > 1 ? call.integer(0, "") : 0;
        long to = call.integer(call.size() > 1 ? 1 : 0, "");
        long step = call.integer(2, "", 1);
        if (step == 0) {
            throw new TorchScriptException("the step of the range is 0");
        }
        return new Range(from, to, step);
    }

    private static long rangeLength(long from, long to, long step) {
        if (step == 0) {
            throw new TorchScriptException("the step of the range is 0");
        }
        long span = step > 0 ? to - from : from - to;
        long width = Math.abs(step);
        return span <= 0 ? 0 : (span - 1) / width + 1;
    }

    private static String format(AtenCall call) {
        String text = call.text(0, "", "");
        for (int i = 1; i < call.size(); i++) {
            Object value = call.get(i, "");
            String shown =
                    value instanceof String || value instanceof List || value == null
                            ? String.valueOf(value)
                            : AtenCall.describe(value);
            int at = text.indexOf("{}");
            if (at >= 0 && text.length() < 10_000) {
                text = text.substring(0, at) + shown + text.substring(at + 2);
            }
        }
        return text;
    }

    private static Object raise(AtenCall call) {
        throw new TorchScriptException(
                String.format(Locale.ROOT, "the model refuses its inputs: %s", call.get(0, "")));
    }
}
