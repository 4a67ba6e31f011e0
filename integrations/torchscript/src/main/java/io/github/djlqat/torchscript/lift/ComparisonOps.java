package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.lift.ArithmeticOps.Binary;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Comparisons, logic and choice by a mask. */
final class ComparisonOps {

    private ComparisonOps() {}

    static void register(Map<String, AtenOp> table) {
        compare(table, "eq", new Binary(NDArray::eq, (a, n) -> a.eq(n), (a, n) -> a.eq(n)));
        compare(table, "ne", new Binary(NDArray::neq, (a, n) -> a.neq(n), (a, n) -> a.neq(n)));
        compare(table, "lt", new Binary(NDArray::lt, (a, n) -> a.lt(n), (a, n) -> a.gt(n)));
        compare(table, "le", new Binary(NDArray::lte, (a, n) -> a.lte(n), (a, n) -> a.gte(n)));
        compare(table, "gt", new Binary(NDArray::gt, (a, n) -> a.gt(n), (a, n) -> a.lt(n)));
        compare(table, "ge", new Binary(NDArray::gte, (a, n) -> a.gte(n), (a, n) -> a.lte(n)));
        logic(table, "logical_and", NDArray::logicalAnd);
        logic(table, "logical_or", NDArray::logicalOr);
        logic(table, "logical_xor", NDArray::logicalXor);
        for (String prefix : new String[] {"__", "bitwise_"}) {
            String suffix = prefix.equals("__") ? prefix : "";
            table.put(prefix + "and" + suffix, call -> bits(call, NDArray::logicalAnd));
            table.put(prefix + "or" + suffix, call -> bits(call, NDArray::logicalOr));
            table.put(prefix + "xor" + suffix, call -> bits(call, NDArray::logicalXor));
        }
        table.put("logical_not", call -> Tensor.of(call.array(0).logicalNot()));
        table.put("bitwise_not", call -> Tensor.of(mask(call, 0).logicalNot()));
        table.put("isnan", call -> Tensor.of(call.array(0).isNaN()));
        table.put("isinf", call -> Tensor.of(call.array(0).isInfinite()));
        table.put("where", ComparisonOps::where);
        table.put("masked_fill", ComparisonOps::maskedFill);
    }

    private static void compare(Map<String, AtenOp> table, String name, Binary op) {
        table.put(
                name,
                call ->
                        Tensor.of(
                                ArithmeticOps.compute(
                                        call, op, call.get(0, "self"), call.get(1, "other"))));
    }

    private static void logic(Map<String, AtenOp> table, String name, ArithmeticOps.WithArray op) {
        table.put(name, call -> both(call, op));
    }

    private static Tensor both(AtenCall call, ArithmeticOps.WithArray op) {
        Numbers.broadcast(call, call.tensor(0).shape(), call.tensor(1).shape());
        return Tensor.of(op.apply(call.array(0), call.array(1)));
    }

    private static Tensor bits(AtenCall call, ArithmeticOps.WithArray op) {
        mask(call, 0);
        mask(call, 1);
        return both(call, op);
    }

    private static NDArray mask(AtenCall call, int i) {
        if (call.tensor(i).type() != DataType.BOOLEAN) {
            throw call.wrong(i, "", "a tensor of bools");
        }
        return call.array(i);
    }

    // (condition, self, other)
    private static Tensor where(AtenCall call) {
        if (call.size() < 3) {
            throw call.refusal(
                    "the size of its result depends on the data; legal is where(condition, a, b)");
        }
        NDArray condition = mask(call, 0);
        Object a = call.get(1, "self");
        Object b = call.get(2, "other");
        DataType type = commonType(a, b);
        NDArray first = operand(call, a, type);
        NDArray second = operand(call, b, type);
        Shape shape =
                Numbers.broadcast(
                        call,
                        Numbers.broadcast(call, condition.getShape(), first.getShape()),
                        second.getShape());
        return Tensor.of(choose(broadcast(condition, shape), broadcast(first, shape), second));
    }

    /** Returns {@code first} where the condition holds, which has its shape. */
    static NDArray choose(NDArray condition, NDArray first, NDArray second) {
        return first.getNDArrayInternal().where(condition, second);
    }

    static NDArray broadcast(NDArray x, Shape shape) {
        return x.getShape().equals(shape) ? x : x.broadcast(shape);
    }

    private static DataType commonType(@Nullable Object a, @Nullable Object b) {
        DataType first = a instanceof Tensor tensor ? tensor.type() : null;
        DataType second = b instanceof Tensor tensor ? tensor.type() : null;
        boolean real =
                AtenCall.asNumber(a) instanceof Double || AtenCall.asNumber(b) instanceof Double;
        if (first != null && (second == null || first.isFloating() || !second.isFloating())) {
            return real && !first.isFloating() ? DataType.FLOAT32 : first;
        }
        if (second != null) {
            return real && !second.isFloating() ? DataType.FLOAT32 : second;
        }
        return real ? DataType.FLOAT32 : DataType.INT64;
    }

    private static NDArray operand(AtenCall call, @Nullable Object value, DataType type) {
        Number number = AtenCall.asNumber(value);
        if (number != null) {
            return Numbers.array(Numbers.of(number, type), type, call.manager());
        }
        if (!(value instanceof Tensor tensor)) {
            throw call.wrong(1, "self", "a tensor or a number");
        }
        return FormOps.cast(call, tensor.array(), type);
    }

    // (self, mask, value)
    private static Tensor maskedFill(AtenCall call) {
        NDArray x = call.array(0);
        NDArray mask = mask(call, 1);
        NDArray fill = operand(call, call.get(2, "value"), x.getDataType());
        Shape shape = Numbers.broadcast(call, x.getShape(), mask.getShape());
        NDArray kept = broadcast(mask, shape).logicalNot();
        return Tensor.of(choose(kept, broadcast(x, shape), fill));
    }
}
