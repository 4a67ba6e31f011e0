package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;

/** Arrays whose elements stand several times behind each other. */
final class RepeatConverters {

    private RepeatConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("repeat", RepeatConverters::repeat);
    }

    // (receiver, repeats), (receiver, axis, repeats), (receiver, repeats of the axes) or
    // (receiver, shape)
    private static void repeat(NodeContext node) {
        Operand input = node.operand(0);
        String name = input.name();
        for (int axis = 0; axis < input.rank(); axis++) {
            long size = input.shape().get(axis);
            long repeats = repeats(node, input, axis);
            if (repeats != 1) {
                name = along(node, name, axis, size, repeats);
            }
        }
        if (name.equals(input.name())) {
            node.alias(0, input);
        } else {
            node.bindSelection(0, name, input);
        }
    }

    private static long repeats(NodeContext node, Operand input, int axis) {
        if (node.size() == 3) {
            return input.axis(node.integer(1)) == axis
                    ? node.literal(2, Number.class).longValue()
                    : 1;
        }
        if (node.isLiteral(1, Shape.class)) {
            // The whole of the axis is repeated, however long it is at run time.
            long size = input.shape().get(axis);
            return size == 0 ? 1 : node.output(0).shape().get(axis) / size;
        }
        long[] given = node.integers(1);
        return node.isLiteral(1, Number.class)
                ? given[0]
                : given[axis - input.rank() + given.length];
    }

    /** Picks each position of an axis several times. */
    private static String along(NodeContext node, String input, int axis, long size, long repeats) {
        long[] factors = node.factors(0);
        Attributes attributes = new Attributes().integer("axis", axis);
        if (factors[axis] == 0) {
            long[] positions = new long[Math.toIntExact(size * repeats)];
            Arrays.setAll(positions, i -> i / repeats);
            return node.add("Gather", attributes, input, node.constant(positions));
        }
        if (size == 1) {
            long[] ones = new long[factors.length];
            Arrays.fill(ones, 1);
            long[] kept = new long[factors.length];
            kept[axis] = factors[axis];
            return node.add("Expand", input, node.state().shapeTensor(node.site(), ones, kept));
        }
        String count =
                node.state().shapeTensor(node.site(), new long[] {0}, new long[] {factors[axis]});
        String end = node.add("Squeeze", count, node.constant(0));
        String range =
                node.add(
                        "Range",
                        node.scalar(0, DataType.INT64).name(),
                        end,
                        node.scalar(1, DataType.INT64).name());
        String positions = node.add("Div", range, node.constant(repeats));
        return node.add("Gather", attributes, input, positions);
    }
}
