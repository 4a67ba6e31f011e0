package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors that are made of numbers. */
final class CreationOps {

    private CreationOps() {}

    static void register(Map<String, AtenOp> table) {
        table.put("zeros", call -> filled(call, 0));
        table.put("ones", call -> filled(call, 1));
        table.put("empty", call -> filled(call, 0));
        table.put("full", CreationOps::full);
        table.put("zeros_like", call -> like(call, 0, 1));
        table.put("ones_like", call -> like(call, 1, 1));
        table.put("empty_like", call -> like(call, 0, 1));
        table.put("full_like", call -> like(call, call.number(1, "fill_value"), 2));
        table.put("new_zeros", call -> alike(call, 0));
        table.put("new_ones", call -> alike(call, 1));
        table.put("new_empty", call -> alike(call, 0));
        table.put("new_full", call -> alike(call, call.number(2, "fill_value")));
        table.put("arange", CreationOps::arange);
        table.put("linspace", CreationOps::linspace);
        table.put("eye", CreationOps::eye);
        table.put("tensor", CreationOps::tensor);
        table.put("scalar_tensor", CreationOps::tensor);
        table.put("as_tensor", CreationOps::tensor);
        table.put("triu", call -> triangle(call, true));
        table.put("tril", call -> triangle(call, false));
    }

    private static Tensor make(AtenCall call, Shape shape, Number value, DataType type) {
        call.budget().reserve(shape);
        return Tensor.of(Numbers.filled(shape, value, type, call.manager()));
    }

    private static DataType type(AtenCall call, int i, DataType otherwise) {
        DataType type = call.optionalType(i, "dtype");
        return type == null ? otherwise : type;
    }

    // (size, dtype, layout, device, pin_memory)
    private static Tensor filled(AtenCall call, Number value) {
        Shape shape = new Shape(call.integers(0, "size"));
        return make(call, shape, value, type(call, 1, DataType.FLOAT32));
    }

    // (size, fill_value, dtype, layout, device, pin_memory)
    private static Tensor full(AtenCall call) {
        Number value = call.number(1, "fill_value");
        DataType own =
                call.get(1, "fill_value") instanceof Boolean
                        ? DataType.BOOLEAN
                        : value instanceof Double ? DataType.FLOAT32 : DataType.INT64;
        return make(call, new Shape(call.integers(0, "size")), value, type(call, 2, own));
    }

    private static Tensor like(AtenCall call, Number value, int type) {
        Tensor other = call.tensor(0);
        return make(call, other.shape(), value, type(call, type, other.type()));
    }

    // (self, size, ...)
    private static Tensor alike(AtenCall call, Number value) {
        int at = call.name().equals("new_full") ? 3 : 2;
        Shape shape = new Shape(call.integers(1, "size"));
        return make(call, shape, value, type(call, at, call.tensor(0).type()));
    }

    // (end), (start, end) or (start, end, step), then dtype, layout, device, pin_memory
    private static Tensor arange(AtenCall call) {
        // A type is followed by a layout, a device and a flag.
        int numbers =
                switch (call.size()) {
                    case 5 -> 1;
                    case 6 -> 2;
                    case 7 -> 3;
                    default -> call.size();
                };
        Number start = numbers > 1 ? call.number(0, "start") : 0L;
        Number end = call.number(numbers > 1 ? 1 : 0, "end");
        Number step = numbers > 2 ? call.number(2, "step") : 1L;
        boolean real = start instanceof Double || end instanceof Double || step instanceof Double;
        DataType type =
                type(
                        call,
                        call.size() > numbers ? numbers : -1,
                        real ? DataType.FLOAT32 : DataType.INT64);
        double count = Math.ceil((end.doubleValue() - start.doubleValue()) / step.doubleValue());
        if (step.doubleValue() == 0 || !(count >= 0)) {
            throw call.refusal("from " + start + " to " + end + " by " + step);
        }
        call.reserved((long) count);
        if (count > 1 << 24) {
            throw call.refusal(count + " numbers are counted; legal are up to " + (1 << 24));
        }
        return Tensor.of(
                call.manager()
                        .arange(start.floatValue(), end.floatValue(), step.floatValue(), type));
    }

    // (start, end, steps)
    private static Tensor linspace(AtenCall call) {
        double start = call.real(0, "start", 0);
        double end = call.real(1, "end", 0);
        int steps = Math.toIntExact(call.integer(2, "steps"));
        Shape shape = call.reserved(steps);
        float[] values = new float[steps];
        for (int i = 0; i < steps; i++) {
            values[i] = (float) (steps == 1 ? start : start + (end - start) * i / (steps - 1));
        }
        return Tensor.of(call.manager().create(values, shape));
    }

    private static Tensor eye(AtenCall call) {
        long rows = call.integer(0, "n");
        long columns = call.size() > 1 && call.size() != 5 ? call.integer(1, "m", rows) : rows;
        call.reserved(rows, columns);
        NDArray row = call.manager().arange(0, rows, 1f, DataType.INT64).reshape(rows, 1);
        NDArray column = call.manager().arange(0, columns, 1f, DataType.INT64).reshape(1, columns);
        return Tensor.of(row.eq(column).toType(DataType.FLOAT32, false));
    }

    // (data, dtype, device, requires_grad)
    private static Object tensor(AtenCall call) {
        Object data = call.get(0, "data");
        if (data instanceof Tensor tensor) {
            return tensor;
        }
        DataType asked = call.optionalType(1, "dtype");
        if (!(data instanceof List)) {
            Object value = data instanceof Scalar scalar ? scalar.value() : data;
            Number number = AtenCall.asNumber(value);
            if (number == null) {
                throw call.wrong(0, "data", "numbers");
            }
            Scalar own = Scalar.of(value instanceof Boolean ? value : (Object) number);
            return asked == null
                    ? own
                    : new Scalar(
                            asked.isFloating()
                                    ? (Object) number.doubleValue()
                                    : (Object) number.longValue(),
                            asked);
        }
        List<Long> shape = new ArrayList<>();
        List<@Nullable Object> numbers = new ArrayList<>();
        flatten(call, data, 0, shape, numbers);
        long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
        boolean real = numbers.stream().anyMatch(Double.class::isInstance);
        boolean bool = !numbers.isEmpty() && numbers.stream().allMatch(Boolean.class::isInstance);
        NDArray array;
        if (real || numbers.isEmpty()) {
            float[] values = new float[numbers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Conversions.real(numbers.get(i));
            }
            array = call.manager().create(values, call.reserved(sizes));
        } else {
            long[] values = new long[numbers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Conversions.integer(numbers.get(i));
            }
            array = call.manager().create(values, call.reserved(sizes));
        }
        DataType type = asked == null && bool ? DataType.BOOLEAN : asked;
        return Tensor.of(type == null ? array : FormOps.cast(call, array, type));
    }

    private static void flatten(
            AtenCall call,
            @Nullable Object value,
            int depth,
            List<Long> shape,
            List<@Nullable Object> numbers) {
        if (!(value instanceof List<?> list)) {
            numbers.add(value instanceof Scalar scalar ? scalar.value() : value);
            return;
        }
        if (depth > 16) {
            throw call.refusal("lists are nested more than 16 deep");
        }
        if (depth == shape.size()) {
            shape.add((long) list.size());
        } else if (shape.get(depth) != list.size()) {
            throw call.refusal("lists of different lengths are one tensor");
        }
        ListOps.requireSize((long) numbers.size() + list.size());
        list.forEach(item -> flatten(call, item, depth + 1, shape, numbers));
    }

    // (self, diagonal)
    private static Tensor triangle(AtenCall call, boolean upper) {
        NDArray x = call.array(0);
        int rank = x.getShape().dimension();
        if (rank < 2) {
            throw call.wrong(0, "self", "a tensor of matrices");
        }
        long diagonal = call.integer(1, "diagonal", 0);
        long rows = x.getShape().get(rank - 2);
        long columns = x.getShape().get(rank - 1);
        call.reserved(x.getShape().getShape());
        NDArray row =
                call.manager()
                        .arange(diagonal, rows + diagonal, 1f, DataType.INT64)
                        .reshape(rows, 1);
        NDArray column = call.manager().arange(0, columns, 1f, DataType.INT64).reshape(1, columns);
        NDArray kept = upper ? row.lte(column) : row.gte(column);
        if (x.getDataType() == DataType.BOOLEAN) {
            return Tensor.of(x.logicalAnd(kept));
        }
        NDArray zero =
                Numbers.array(Numbers.of(0L, x.getDataType()), x.getDataType(), call.manager());
        return Tensor.of(
                ComparisonOps.choose(ComparisonOps.broadcast(kept, x.getShape()), x, zero));
    }
}
