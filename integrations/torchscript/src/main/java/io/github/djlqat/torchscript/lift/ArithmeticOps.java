package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Element-wise arithmetic. */
final class ArithmeticOps {

    private ArithmeticOps() {}

    /** An operation of an array and a number. */
    @FunctionalInterface
    interface WithNumber {
        NDArray apply(NDArray x, Number n);
    }

    /** An operation of two arrays. */
    @FunctionalInterface
    interface WithArray {
        NDArray apply(NDArray a, NDArray b);
    }

    /** An operation of two arrays or of one and a number, on either side. */
    record Binary(WithArray both, WithNumber right, WithNumber left) {}

    static final Binary ADD = new Binary(NDArray::add, (a, n) -> a.add(n), (a, n) -> a.add(n));
    static final Binary SUB =
            new Binary(NDArray::sub, (a, n) -> a.sub(n), (a, n) -> a.getNDArrayInternal().rsub(n));
    static final Binary MUL = new Binary(NDArray::mul, (a, n) -> a.mul(n), (a, n) -> a.mul(n));
    static final Binary DIV =
            new Binary(
                    NDArray::div,
                    (a, n) -> a.div(n),
                    (a, n) -> floats(a).getNDArrayInternal().rdiv(n));
    static final Binary POW =
            new Binary(NDArray::pow, ArithmeticOps::power, (a, n) -> number(a, n).pow(a));
    static final Binary MOD =
            new Binary(NDArray::mod, (a, n) -> a.mod(n), (a, n) -> number(a, n).mod(a));

    static void register(Map<String, AtenOp> table) {
        table.put("add", call -> sum(call, ADD));
        table.put("sub", call -> sum(call, SUB));
        table.put("subtract", call -> sum(call, SUB));
        table.put("rsub", ArithmeticOps::reversedDifference);
        table.put("mul", call -> binary(call, MUL));
        table.put("multiply", call -> binary(call, MUL));
        table.put("div", ArithmeticOps::quotient);
        table.put("divide", ArithmeticOps::quotient);
        table.put("_div_0_3", ArithmeticOps::oldQuotient);
        table.put("true_divide", call -> binary(call, DIV));
        table.put("floor_divide", call -> rounded(call, "floor"));
        table.put("floordiv", call -> rounded(call, "floor"));
        table.put("remainder", call -> binary(call, MOD));
        table.put("fmod", ArithmeticOps::truncatedRemainder);
        table.put("pow", call -> binary(call, POW));
        table.put("addcmul", call -> withProduct(call, NDArray::mul));
        table.put("addcdiv", call -> withProduct(call, NDArray::div));
        table.put("lerp", ArithmeticOps::interpolated);
        table.put("maximum", call -> bound(call, 0, 1, true));
        table.put("minimum", call -> bound(call, 0, 1, false));
        table.put("clamp", ArithmeticOps::clamp);
        table.put("clip", ArithmeticOps::clamp);
        table.put("hardtanh", ArithmeticOps::hardtanh);
        table.put("relu6", call -> Tensor.of(call.array(0).clip(0, 6)));
        table.put("clamp_min", call -> bound(call, 0, 1, true));
        table.put("clamp_max", call -> bound(call, 0, 1, false));
        Map<String, UnaryOperator<NDArray>> unary = new HashMap<>();
        unary.put("neg", NDArray::neg);
        unary.put("negative", NDArray::neg);
        unary.put("abs", NDArray::abs);
        unary.put("absolute", NDArray::abs);
        unary.put("exp", NDArray::exp);
        unary.put("log", NDArray::log);
        unary.put("log2", NDArray::log2);
        unary.put("log10", NDArray::log10);
        unary.put("log1p", x -> x.add(one(x)).log());
        unary.put("expm1", x -> x.exp().sub(one(x)));
        unary.put("sqrt", NDArray::sqrt);
        unary.put("rsqrt", x -> x.sqrt().getNDArrayInternal().rdiv(one(x)));
        unary.put("reciprocal", x -> x.getNDArrayInternal().rdiv(one(x)));
        unary.put("square", NDArray::square);
        unary.put("sign", NDArray::sign);
        unary.put("floor", NDArray::floor);
        unary.put("ceil", NDArray::ceil);
        unary.put("round", NDArray::round);
        unary.put("trunc", NDArray::trunc);
        unary.put("sin", NDArray::sin);
        unary.put("cos", NDArray::cos);
        unary.put("tan", NDArray::tan);
        unary.put("asin", NDArray::asin);
        unary.put("acos", NDArray::acos);
        unary.put("atan", NDArray::atan);
        unary.put("sinh", NDArray::sinh);
        unary.put("cosh", NDArray::cosh);
        unary.put("erf", NDArray::erf);
        unary.forEach(
                (name, op) -> table.put(name, call -> Tensor.of(op.apply(floating(call, name)))));
    }

    /** Functions of real numbers make floats of ints. */
    private static NDArray floating(AtenCall call, String name) {
        NDArray x = call.array(0);
        boolean keeps =
                List.of(
                                "neg",
                                "negative",
                                "abs",
                                "absolute",
                                "square",
                                "sign",
                                "floor",
                                "ceil",
                                "round",
                                "trunc")
                        .contains(name);
        call.reserved(x.getShape().getShape());
        return x.getDataType().isFloating() || keeps ? x : x.toType(DataType.FLOAT32, false);
    }

    private static Number one(NDArray x) {
        return Numbers.of(1L, x.getDataType());
    }

    private static Tensor binary(AtenCall call, Binary op) {
        return Tensor.of(compute(call, op, call.get(0, "self"), call.get(1, "other")));
    }

    /** Computes an operation of two operands of which at least one is a tensor. */
    static NDArray compute(
            AtenCall call, Binary op, @Nullable Object first, @Nullable Object second) {
        if (first instanceof Tensor a && second instanceof Tensor b) {
            Numbers.broadcast(call, a.shape(), b.shape());
            return op.both().apply(a.array(), b.array());
        }
        if (first instanceof Tensor a) {
            call.reserved(a.shape().getShape());
            Number n = Numbers.of(second, a.type());
            if (n == null) {
                throw call.wrong(1, "other", "a tensor or a number");
            }
            return op.right().apply(a.array(), n);
        }
        if (!(second instanceof Tensor b)) {
            throw call.wrong(0, "self", "a tensor or a number");
        }
        Number n = Numbers.of(first, b.type());
        if (n == null) {
            throw call.wrong(0, "self", "a tensor or a number");
        }
        call.reserved(b.shape().getShape());
        return op.left().apply(b.array(), n);
    }

    private static Tensor sum(AtenCall call, Binary op) {
        Object second = call.get(1, "other");
        if (call.has(2, "alpha") && call.number(2, "alpha").doubleValue() != 1) {
            Object factor = call.get(2, "alpha");
            second =
                    second instanceof Tensor
                            ? Tensor.of(compute(call, MUL, second, factor))
                            : product(call, second, factor);
        }
        return Tensor.of(compute(call, op, call.get(0, "self"), second));
    }

    private static Object product(AtenCall call, @Nullable Object a, @Nullable Object b) {
        Number first = Conversions.number(a);
        Number second = Conversions.number(b);
        return first instanceof Double || second instanceof Double
                ? first.doubleValue() * second.doubleValue()
                : (Object) (first.longValue() * second.longValue());
    }

    private static Tensor reversedDifference(AtenCall call) {
        Object first = call.get(0, "self");
        if (call.has(2, "alpha") && call.number(2, "alpha").doubleValue() != 1) {
            first = Tensor.of(compute(call, MUL, first, call.get(2, "alpha")));
        }
        return Tensor.of(compute(call, SUB, call.get(1, "other"), first));
    }

    private static Tensor quotient(AtenCall call) {
        return call.has(-1, "rounding_mode")
                ? rounded(call, call.text(-1, "rounding_mode", ""))
                : binary(call, DIV);
    }

    private static Tensor oldQuotient(AtenCall call) {
        boolean real = isReal(call.get(0, "self")) || isReal(call.get(1, "other"));
        return real ? quotient(call) : rounded(call, "trunc");
    }

    private static Tensor rounded(AtenCall call, String mode) {
        Object a = call.get(0, "self");
        Object b = call.get(1, "other");
        NDArray quotient = compute(call, DIV, a, b);
        NDArray whole = mode.equals("trunc") ? quotient.trunc() : quotient.floor();
        boolean integers = !isReal(a) && !isReal(b);
        return Tensor.of(integers ? whole.toType(DataType.INT64, false) : whole);
    }

    private static boolean isReal(@Nullable Object operand) {
        return operand instanceof Tensor tensor
                ? tensor.type().isFloating()
                : AtenCall.asNumber(operand) instanceof Double;
    }

    /** \( a - \mathrm{trunc}(a / b) b \) */
    private static Tensor truncatedRemainder(AtenCall call) {
        Object b = call.get(1, "other");
        Tensor whole = rounded(call, "trunc");
        Tensor product = Tensor.of(compute(call, MUL, whole, b));
        return Tensor.of(compute(call, SUB, call.get(0, "self"), product));
    }

    /** \( x + v a \circ b \) */
    private static Tensor withProduct(AtenCall call, WithArray op) {
        NDArray product = op.apply(call.array(1), call.array(2));
        if (call.has(-1, "value")) {
            product = product.mul(Numbers.of(call.number(-1, "value"), product.getDataType()));
        }
        Numbers.broadcast(call, call.tensor(0).shape(), product.getShape());
        return Tensor.of(call.array(0).add(product));
    }

    private static Tensor interpolated(AtenCall call) {
        Tensor difference = Tensor.of(call.array(1).sub(call.array(0)));
        NDArray part = compute(call, MUL, difference, call.get(2, "weight"));
        return Tensor.of(call.array(0).add(part));
    }

    private static NDArray power(NDArray x, Number n) {
        double exponent = n.doubleValue();
        if (exponent == 1) {
            return x;
        }
        if (exponent == 2) {
            return x.square();
        }
        if (exponent == 3) {
            return x.square().mul(x);
        }
        return exponent == 0.5 ? x.sqrt() : x.pow(n);
    }

    /** Returns a number as an array beside another one, of floats where it is one. */
    private static NDArray number(NDArray x, Number n) {
        DataType type = x.getDataType();
        boolean real = n instanceof Float && !type.isFloating();
        return Numbers.array(n, real ? DataType.FLOAT32 : type, x.getManager());
    }

    private static NDArray floats(NDArray x) {
        return x.getDataType().isFloating() ? x : x.toType(DataType.FLOAT32, false);
    }

    private static Tensor clamp(AtenCall call) {
        NDArray x = call.array(0);
        Object low = call.get(1, "min");
        Object high = call.get(2, "max");
        Number min = Numbers.of(low, x.getDataType());
        Number max = Numbers.of(high, x.getDataType());
        if (min != null && max != null) {
            return Tensor.of(x.clip(min, max));
        }
        NDArray result = low == null ? x : bounded(call, x, low, true);
        return Tensor.of(high == null ? result : bounded(call, result, high, false));
    }

    private static Tensor hardtanh(AtenCall call) {
        NDArray x = call.array(0);
        return Tensor.of(
                x.clip(
                        Numbers.of(call.real(1, "min_val", -1), x.getDataType()),
                        Numbers.of(call.real(2, "max_val", 1), x.getDataType())));
    }

    private static Tensor bound(AtenCall call, int x, int limit, boolean lower) {
        return Tensor.of(bounded(call, call.array(x), call.get(limit, "other"), lower));
    }

    private static NDArray bounded(
            AtenCall call, NDArray x, @Nullable Object limit, boolean lower) {
        Number number = Numbers.of(limit, x.getDataType());
        if (number != null) {
            return lower ? x.maximum(number) : x.minimum(number);
        }
        if (!(limit instanceof Tensor other)) {
            throw call.wrong(1, "other", "a tensor or a number");
        }
        Numbers.broadcast(call, x.getShape(), other.shape());
        return lower ? x.maximum(other.array()) : x.minimum(other.array());
    }
}
