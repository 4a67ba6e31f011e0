package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
        Shape shape = node.output(0).shape();
        node.alias(
                0,
                node.state()
                        .constant(
                                node.site(),
                                ConstantTensor.full(shape, value, node.output(0).dataType())));
    }

    private static void create(NodeContext node) {
        Object value = node.literal(0, Object.class);
        Shape shape = node.output(0).shape();
        DataType type = node.output(0).dataType();
        ConstantTensor constant;
        if (value instanceof Number number) {
            constant = ConstantTensor.full(shape, number, type);
        } else if (value instanceof Boolean bool) {
            constant = ConstantTensor.full(shape, bool ? 1 : 0, type);
        } else if (value instanceof Object[]) {
            throw node.failure(
                    "an array of a "
                            + value.getClass().getSimpleName()
                            + " is not exported; create it from a flat array and a shape");
        } else {
            constant = new ConstantTensor(shape, copy(value));
        }
        node.alias(0, node.state().constant(node.site(), constant));
    }

    private static Object copy(Object value) {
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
}
