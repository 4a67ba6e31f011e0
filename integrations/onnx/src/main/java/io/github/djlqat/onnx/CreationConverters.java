package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Literals;
import java.util.Map;

/** Arrays that the model makes without its inputs, by methods of {@code NDManager}. */
final class CreationConverters {

    private CreationConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("zeros", node -> full(node, 0));
        table.put("ones", node -> full(node, 1));
        table.put("zerosLike", node -> full(node, 0));
        table.put("onesLike", node -> full(node, 1));
        table.put("full", node -> full(node, node.literal(1, Number.class)));
        table.put("create", CreationConverters::create);
        table.put("arange", CreationConverters::arange);
    }

    private static void full(NodeContext node, Number value) {
        DataType type = node.output(0).dataType();
        ConstantTensor constant = ConstantTensor.full(node.output(0).shape(), value, type);
        Operand operand = node.state().constant(node.site(), constant);
        if (node.state().scaling().compared()) {
            node.state().markUniform(operand, node.scalar(value, type), node.sizes().of(0));
        }
        node.alias(0, operand);
    }

    private static void create(NodeContext node) {
        if (node.isLiteral(0, Shape.class)) {
            // Its elements are whatever was in memory.
            full(node, 0);
            return;
        }
        Object value = node.literal(0, Object.class);
        Shape shape = node.output(0).shape();
        DataType type = node.output(0).dataType();
        ConstantTensor constant;
        if (value instanceof Number number) {
            constant = ConstantTensor.full(shape, number, type);
        } else if (value instanceof Boolean bool) {
            constant = ConstantTensor.full(shape, bool ? 1 : 0, type);
        } else {
            constant = new ConstantTensor(shape, copy(value));
        }
        node.alias(0, node.state().constant(node.site(), constant));
    }

    private static Object copy(Object value) {
        if (value instanceof Object[] rows) {
            return Literals.flat(rows);
        }
        if (value instanceof float[] floats) {
            return floats.clone();
        }
        if (value instanceof int[] ints) {
            return ints.clone();
        }
        if (value instanceof long[] longs) {
            return longs.clone();
        }
        if (value instanceof double[] doubles) {
            return doubles.clone();
        }
        return value;
    }

    // (stop), (start, stop), (start, stop, step) or (start, stop, step, dataType)
    private static void arange(NodeContext node) {
        int numbers = 0;
        while (node.isLiteral(numbers, Number.class)) {
            numbers++;
        }
        double start = numbers == 1 ? 0 : node.literal(0, Number.class).doubleValue();
        double step = numbers < 3 ? 1 : node.literal(2, Number.class).doubleValue();
        int size = Math.toIntExact(node.output(0).shape().size());
        DataType type = node.output(0).dataType();
        if (node.state().scaling().compared() && !node.sizes().isFixed(0, 0)) {
            node.bind(0, count(node, start, step, type));
            return;
        }
        float[] floats = new float[size];
        long[] longs = new long[size];
        int[] ints = new int[size];
        for (int i = 0; i < size; i++) {
            floats[i] = (float) (start + i * step);
            longs[i] = (long) (start + i * step);
            ints[i] = (int) longs[i];
        }
        Object data =
                switch (type) {
                    case FLOAT32 -> floats;
                    case INT64 -> longs;
                    case INT32 -> ints;
                    default ->
                            throw node.failure(
                                    "its data type is "
                                            + type
                                            + "; exported are FLOAT32, INT32 and INT64");
                };
        node.alias(
                0,
                node.state()
                        .constant(node.site(), new ConstantTensor(node.output(0).shape(), data)));
    }

    /** Counts from 0 up to what follows dynamic sizes, and scales and shifts the numbers. */
    private static String count(NodeContext node, double start, double step, DataType type) {
        String count = node.tensor(node.sizes().of(0));
        String end = node.add("Squeeze", count, node.constant(0));
        Operand numbers =
                new Operand(
                        node.add(
                                "Range",
                                node.scalar(0, DataType.INT64).name(),
                                end,
                                node.scalar(1, DataType.INT64).name()),
                        node.output(0).shape(),
                        DataType.INT64);
        String scaled =
                node.add("Mul", node.cast(numbers, type).name(), node.scalar(step, type).name());
        return node.add("Add", scaled, node.scalar(start, type).name());
    }
}
