package io.github.djlqat.onnx;

import java.util.Arrays;
import java.util.Map;

/** Sums, means and extremes over axes. */
final class ReductionConverters {

    /** From this opset on, all reductions take their axes as an input. */
    private static final int AXES_AS_INPUT = 18;

    private ReductionConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("sum", node -> reduce(node, "ReduceSum"));
        table.put("mean", node -> reduce(node, "ReduceMean"));
        table.put("max", node -> reduce(node, "ReduceMax"));
        table.put("min", node -> reduce(node, "ReduceMin"));
        table.put("prod", node -> reduce(node, "ReduceProd"));
        table.put("argMax", node -> arg(node, "ArgMax"));
        table.put("argMin", node -> arg(node, "ArgMin"));
        table.put("cumSum", ReductionConverters::cumSum);
    }

    // (receiver), (receiver, axes) or (receiver, axes, keepDims)
    private static void reduce(NodeContext node, String opType) {
        Operand input = node.cast(node.operand(0), node.output(0).dataType());
        boolean all = node.size() == 1;
        boolean keep = node.isLiteral(2, Boolean.class) && node.literal(2, Boolean.class);
        long[] axes = all ? new long[0] : node.integers(1);
        for (int i = 0; i < axes.length; i++) {
            axes[i] = input.axis((int) axes[i]);
        }
        Arrays.sort(axes);
        if (opType.equals("ReduceMean")
                && input.rank() == 4
                && Arrays.equals(axes, new long[] {2, 3})) {
            // Runtimes have an integer kernel for this form of the mean only.
            String mean = node.add("GlobalAveragePool", input.name());
            node.bind(
                    0,
                    keep ? mean : node.add("Flatten", new Attributes().integer("axis", 1), mean));
            return;
        }
        if (all) {
            Attributes attributes = new Attributes().integer("keepdims", keep ? 1 : 0);
            node.bind(0, node.add(opType, attributes, input.name()));
        } else {
            node.bind(0, reduce(node, opType, input.name(), keep, axes));
        }
    }

    /** Adds a reduction over axes, in the form that the opset has. */
    static String reduce(
            NodeContext node, String opType, String input, boolean keep, long... axes) {
        Attributes attributes = new Attributes().integer("keepdims", keep ? 1 : 0);
        return opType.equals("ReduceSum") || node.builder().opset() >= AXES_AS_INPUT
                ? node.add(opType, attributes, input, node.constant(axes))
                : node.add(opType, attributes.integers("axes", axes), input);
    }

    private static void arg(NodeContext node, String opType) {
        Operand input = node.operand(0);
        String source =
                node.size() == 1
                        ? node.add("Reshape", input.name(), node.constant(-1))
                        : input.name();
        long axis = node.size() == 1 ? 0 : input.axis(node.integer(1));
        node.bind(
                0,
                node.add(
                        opType,
                        new Attributes().integer("axis", axis).integer("keepdims", 0),
                        source));
    }

    private static void cumSum(NodeContext node) {
        Operand input = node.operand(0);
        long axis = node.size() == 1 ? 0 : input.axis(node.integer(1));
        node.bind(0, node.add("CumSum", input.name(), node.constant(axis)));
    }
}
