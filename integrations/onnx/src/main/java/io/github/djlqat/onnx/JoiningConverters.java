package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Concatenation, stacking and splitting. */
final class JoiningConverters {

    private JoiningConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("concat", JoiningConverters::concat);
        table.put("stack", JoiningConverters::stack);
        table.put("split", JoiningConverters::split);
    }

    // (receiver, others), (receiver, other), each with an axis or without
    private static void concat(NodeContext node) {
        int axis = node.operand(0).axis(node.size() > 2 ? node.integer(2) : 0);
        if (padded(node, axis)) {
            return;
        }
        List<Operand> parts = parts(node, axis != 0);
        String name = node.add("Concat", new Attributes().integer("axis", axis), names(parts));
        QuantizationParameters common = node.quantization(parts.get(0));
        boolean shared =
                common != null && parts.stream().allMatch(p -> common.equals(node.quantization(p)));
        if (shared) {
            node.bindSelection(0, name, parts.get(0));
        } else {
            node.bind(0, name);
        }
    }

    /**
     * Writes a tensor between zeros as a padded tensor, which needs no zeros for each sample of the
     * batch and has a form in integers that does not depend on the order of the axes.
     *
     * @return false if the parts are not one tensor and zeros
     */
    private static boolean padded(NodeContext node, int axis) {
        DataType type = node.output(0).dataType();
        if (!node.sizes().isFixed(0, axis) || type != DataType.FLOAT32) {
            return false;
        }
        List<Operand> parts = new ArrayList<>(List.of(node.traced(0)));
        parts.addAll(node.allTraced(1));
        int rank = parts.get(0).rank();
        long[] pads = new long[2 * rank];
        Operand tensor = null;
        for (Operand part : parts) {
            ConstantTensor constant = node.state().constantOf(part);
            if (part.dataType() != type) {
                return false;
            } else if (constant != null && constant.isZero()) {
                pads[tensor == null ? axis : rank + axis] += part.shape().get(axis);
            } else if (constant == null && tensor == null) {
                tensor = part;
            } else {
                return false;
            }
        }
        if (tensor == null || parts.size() == 1) {
            return false;
        }
        Padding.bind(node, tensor, pads, 0);
        return true;
    }

    private static void stack(NodeContext node) {
        int axis = node.size() > 2 ? node.integer(2) : 0;
        long position = axis < 0 ? axis + node.operand(0).rank() + 1 : axis;
        String[] parts = names(parts(node, position != 0));
        for (int i = 0; i < parts.length; i++) {
            parts[i] = node.add("Unsqueeze", parts[i], node.constant(position));
        }
        node.bind(0, node.add("Concat", new Attributes().integer("axis", position), parts));
    }

    private static List<Operand> parts(NodeContext node, boolean keepsBatch) {
        List<Operand> operands = new ArrayList<>();
        operands.add(node.traced(0));
        operands.addAll(node.allTraced(1));
        DataType type = node.output(0).dataType();
        QuantizationParameters quantization =
                operands.stream()
                        .map(node::quantization)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        operands.replaceAll(
                part -> {
                    Operand typed = node.cast(part, type);
                    return keepsBatch
                            ? constantPart(node, typed, quantization)
                            : node.state().atRunTime(typed);
                });
        return operands;
    }

    /**
     * Stores a constant beside quantized tensors as codes, if that loses nothing, and repeats it
     * for each sample.
     */
    private static Operand constantPart(
            NodeContext node, Operand part, @Nullable QuantizationParameters quantization) {
        ConstantTensor constant = node.state().constantOf(part);
        if (constant == null) {
            return part;
        }
        if (quantization != null
                && ActivationQuantizer.isByte(quantization)
                && constant.data() instanceof float[] values
                && node.state().isFixedBehindFirst(part)
                && isExact(values, quantization)) {
            Operand sample = BatchConstants.withoutBatch(node, part, false);
            ConstantTensor kept = Objects.requireNonNull(node.state().constantOf(sample));
            float[] data = (float[]) kept.data();
            byte[] codes = new byte[data.length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) ActivationQuantizer.code(data[i], quantization);
            }
            String name = node.builder().uniqueName(part.name() + "_quantized");
            node.builder()
                    .initializer(
                            Tensors.bytes(name, Tensors.UINT8, codes, kept.shape().getShape()));
            if (!sample.equals(part) || isRepeated(node, part)) {
                List<Extent> dims = new ArrayList<>(Collections.nCopies(part.rank(), Extent.of(1)));
                dims.set(0, node.sizes().of(0).get(0));
                name = node.add("Expand", name, node.tensor(dims));
            }
            return part.named(
                    ActivationQuantizer.dequantize(
                            node.builder(), node.site(), name, quantization));
        }
        return BatchConstants.withoutBatch(node, part, true);
    }

    private static boolean isRepeated(NodeContext node, Operand part) {
        return node.state().scaling().dynamic()
                && part.rank() > 0
                && node.sizes()
                        .known(0, 0)
                        .filter(Extent::isSize)
                        .map(extent -> node.state().scaling().size(extent.axes().get(0)))
                        .filter(size -> part.shape().get(0) == size)
                        .isPresent();
    }

    private static boolean isExact(float[] values, QuantizationParameters quantization) {
        float scale = quantization.scales()[0];
        for (float value : values) {
            if (value != (float) Math.rint(value / scale) * scale) {
                return false;
            }
        }
        return true;
    }

    // (receiver, sections or indices) with an axis or without
    private static void split(NodeContext node) {
        Operand input = node.operand(0);
        int axis = input.axis(node.size() > 2 ? node.integer(2) : 0);
        int count = node.node().outputs().size();
        long[] sizes = new long[count];
        for (int i = 0; i < count; i++) {
            sizes[i] = node.output(i).shape().get(axis);
        }
        if (count == 1) {
            node.alias(0, input);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!node.sizes().isFixed(i, axis)) {
                throw node.failure(
                        "it splits an axis of a dynamic size. Export with optDynamicBatch(false)");
            }
        }
        List<String> names =
                node.builder()
                        .nodes(
                                "Split",
                                node.site() + "/Split",
                                new Attributes().integer("axis", axis),
                                count,
                                input.name(),
                                node.constant(sizes));
        for (int i = 0; i < count; i++) {
            node.bindSelection(i, names.get(i), input);
        }
    }

    private static String[] names(List<Operand> operands) {
        return operands.stream().map(Operand::name).toArray(String[]::new);
    }
}
