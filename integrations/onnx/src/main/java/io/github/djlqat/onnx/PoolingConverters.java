package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/** Pooling over windows and over all positions. */
final class PoolingConverters {

    private PoolingConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("maxPool", PoolingConverters::maxPool);
        table.put("avgPool", PoolingConverters::avgPool);
        table.put("lpPool", PoolingConverters::lpPool);
        table.put("globalMaxPool", node -> global(node, "GlobalMaxPool", true));
        table.put("globalAvgPool", node -> global(node, "GlobalAveragePool", false));
        table.put("globalLpPool", PoolingConverters::globalLpPool);
    }

    // (receiver, kernel, stride, padding, ceilMode)
    private static void maxPool(NodeContext node) {
        Operand input = node.operand(0);
        node.bindSelection(0, node.add("MaxPool", window(node, 1, 4), input.name()), input);
    }

    /**
     * DJL's PyTorch engine counts the padding whatever its last argument says, and so must the
     * exported model.
     */
    // (receiver, kernel, stride, padding, ceilMode, countIncludePad)
    private static void avgPool(NodeContext node) {
        Attributes attributes = window(node, 1, 4).integer("count_include_pad", 1);
        node.bind(0, node.add("AveragePool", attributes, node.operand(0).name()));
    }

    /**
     * PyTorch's power-average pooling is \( (\sum x^p)^{1/p} \) without absolute values, unlike
     * ONNX's LpPool.
     */
    // (receiver, p, kernel, stride, padding, ceilMode)
    private static void lpPool(NodeContext node) {
        Operand power = node.scalar(node.literal(1, Number.class).floatValue(), DataType.FLOAT32);
        long[] kernel = node.integers(2);
        Attributes attributes =
                new Attributes()
                        .integers("kernel_shape", kernel)
                        .integers("strides", node.integers(3))
                        .integer("ceil_mode", node.literal(5, Boolean.class) ? 1 : 0);
        String powers = node.add("Pow", node.operand(0).name(), power.name());
        long count = Arrays.stream(kernel).reduce(1, Math::multiplyExact);
        String mean = node.add("AveragePool", attributes, powers);
        root(node, node.add("Mul", mean, node.scalar(count, DataType.FLOAT32).name()));
    }

    private static void globalLpPool(NodeContext node) {
        Operand input = node.operand(0);
        Operand power = node.scalar(node.literal(1, Number.class).floatValue(), DataType.FLOAT32);
        String powers = node.add("Pow", input.name(), power.name());
        long[] axes = LongStream.range(2, input.rank()).toArray();
        root(node, ReductionConverters.reduce(node, "ReduceSum", powers, false, axes));
    }

    private static void root(NodeContext node, String sum) {
        float power = node.literal(1, Number.class).floatValue();
        node.bind(0, node.add("Pow", sum, node.scalar(1 / power, DataType.FLOAT32).name()));
    }

    private static void global(NodeContext node, String opType, boolean selects) {
        Operand input = node.operand(0);
        String pooled = node.add(opType, input.name());
        String flat = node.add("Flatten", new Attributes().integer("axis", 1), pooled);
        if (selects) {
            node.bindSelection(0, flat, input);
        } else {
            node.bind(0, flat);
        }
    }

    private static Attributes window(NodeContext node, int kernel, int ceilMode) {
        long[] padding = node.integers(kernel + 2);
        long[] pads = new long[2 * padding.length];
        for (int i = 0; i < padding.length; i++) {
            pads[i] = padding[i];
            pads[i + padding.length] = padding[i];
        }
        return new Attributes()
                .integers("kernel_shape", node.integers(kernel))
                .integers("strides", node.integers(kernel + 1))
                .integers("pads", pads)
                .integer("ceil_mode", node.literal(ceilMode, Boolean.class) ? 1 : 0);
    }
}
