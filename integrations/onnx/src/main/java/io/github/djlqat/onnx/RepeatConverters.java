package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import java.util.Arrays;
import java.util.List;
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
            long repeats = repeats(node.traced(), input, axis);
            int at = axis;
            boolean same =
                    node.tracedAgain().stream()
                            .allMatch(twin -> repeats(twin, input, at) == repeats);
            if (!same) {
                name = growing(node, name, axis, size);
            } else if (repeats != 1) {
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
            long size =
                    node.argument(0) instanceof Argument.ValueReference reference
                            ? reference.value().shape().get(axis)
                            : input.shape().get(axis);
            return size == 0 ? 1 : node.output(0).shape().get(axis) / size;
        }
        long[] given = node.integers(1);
        return node.isLiteral(1, Number.class)
                ? given[0]
                : given[axis - input.rank() + given.length];
    }

    /** Picks each position of an axis several times. */
    private static String along(NodeContext node, String input, int axis, long size, long repeats) {
        Attributes attributes = new Attributes().integer("axis", axis);
        if (node.sizes().isFixed(0, axis)) {
            long[] positions = new long[Math.toIntExact(size * repeats)];
            Arrays.setAll(positions, i -> i / repeats);
            return node.add("Gather", attributes, input, node.constant(positions));
        }
        String positions = node.add("Div", range(node, axis), node.constant(repeats));
        return node.add("Gather", attributes, input, positions);
    }

    /** Picks each position of an axis of one size as often as a dynamic size says. */
    private static String growing(NodeContext node, String input, int axis, long size) {
        String repeats = node.add("Div", count(node, axis), node.constant(size));
        String positions = node.add("Div", range(node, axis), repeats);
        Attributes attributes = new Attributes().integer("axis", axis);
        return node.add("Gather", attributes, input, positions);
    }

    private static String count(NodeContext node, int axis) {
        return node.tensor(List.of(node.sizes().of(0).get(axis)));
    }

    private static String range(NodeContext node, int axis) {
        return node.add(
                "Range",
                node.scalar(0, DataType.INT64).name(),
                node.add("Squeeze", count(node, axis), node.constant(0)),
                node.scalar(1, DataType.INT64).name());
    }
}
