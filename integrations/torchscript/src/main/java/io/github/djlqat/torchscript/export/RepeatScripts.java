package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Map;

/** Arrays whose elements stand several times behind each other. */
final class RepeatScripts {

    private RepeatScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("repeat", RepeatScripts::repeat);
    }

    // (receiver, repeats), (receiver, axis, repeats), (receiver, repeats of the axes) or
    // (receiver, shape)
    private static void repeat(ScriptNode node) {
        long[] repeats = repeats(node);
        String result = node.value(0);
        for (int axis = 0; axis < repeats.length; axis++) {
            int of = axis;
            String times = node.sizes().size(trace -> repeats(trace)[of]);
            if (!times.equals("1")) {
                result = call("repeat_interleave", result, times, Integer.toString(axis));
            }
        }
        node.bind(result);
    }

    private static long[] repeats(ScriptNode node) {
        Shape shape = node.shape(0);
        long[] repeats = new long[shape.dimension()];
        Arrays.fill(repeats, 1);
        if (node.size() == 3) {
            repeats[node.axis(1, repeats.length)] = node.traced(2, Number.class).longValue();
        } else if (node.isLiteral(1, Shape.class)) {
            for (int axis = 0; axis < repeats.length; axis++) {
                if (shape.get(axis) != 0) {
                    repeats[axis] = node.output(0).shape().get(axis) / shape.get(axis);
                }
            }
        } else if (node.isLiteral(1, Number.class)) {
            Arrays.fill(repeats, node.traced(1, Number.class).longValue());
        } else {
            long[] given = node.traced(1, long[].class);
            System.arraycopy(given, 0, repeats, 0, given.length);
        }
        return repeats;
    }
}
