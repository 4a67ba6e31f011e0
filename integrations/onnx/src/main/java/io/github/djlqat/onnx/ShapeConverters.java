package io.github.djlqat.onnx;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operations that rearrange elements without computing. */
final class ShapeConverters {

    private ShapeConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("reshape", ShapeConverters::reshape);
        table.put("flatten", ShapeConverters::flatten);
        table.put("expandDims", ShapeConverters::expandDims);
        table.put("squeeze", ShapeConverters::squeeze);
        table.put("transpose", ShapeConverters::transpose);
        table.put("swapAxes", ShapeConverters::swapAxes);
        table.put("broadcast", ShapeConverters::broadcast);
        table.put("pad", ShapeConverters::pad);
        table.put("tile", ShapeConverters::tile);
    }

    static long[] identity(int rank) {
        long[] perm = new long[rank];
        Arrays.setAll(perm, i -> i);
        return perm;
    }

    private static void reshape(NodeContext node) {
        Operand input = node.operand(0);
        long[] asked = node.traced().integers(1);
        boolean free = Arrays.stream(asked).noneMatch(dim -> dim == -1);
        List<Extent> dims = new ArrayList<>();
        for (int i = 0; i < node.output(0).shape().dimension(); i++) {
            if (i < asked.length && asked[i] == -1) {
                dims.add(Extent.of(-1));
            } else if (node.sizes().isFixed(0, i)) {
                dims.add(Extent.of(node.output(0).shape().get(i)));
            } else if (node.sizes().isSame(0, i, 0, i)) {
                // 0 copies the dimension of the input.
                dims.add(Extent.of(0));
            } else if (free) {
                dims.add(Extent.of(-1));
                free = false;
            } else {
                dims.add(node.sizes().of(0).get(i));
            }
        }
        String shape = node.tensor(dims);
        node.bindSelection(0, node.add("Reshape", input.name(), shape), input);
    }

    // (receiver) or (receiver, startDim, endDim)
    private static void flatten(NodeContext node) {
        Operand input = node.operand(0);
        int start = node.size() > 1 ? input.axis(node.integer(1)) : 0;
        int end = node.size() > 1 ? input.axis(node.integer(2)) : input.rank() - 1;
        if (start == 1 && end == input.rank() - 1) {
            Attributes attributes = new Attributes().integer("axis", 1);
            node.bindSelection(0, node.add("Flatten", attributes, input.name()), input);
            return;
        }
        long[] dims = node.output(0).shape().getShape().clone();
        for (int i = 0; i < dims.length; i++) {
            if (i < start) {
                dims[i] = 0;
            } else if (i == start) {
                dims[i] = -1;
            } else if (!node.sizes().isFixed(0, i)) {
                throw node.failure("a dimension behind the flattened ones is dynamic");
            }
        }
        node.bindSelection(0, node.add("Reshape", input.name(), node.constant(dims)), input);
    }

    private static void expandDims(NodeContext node) {
        Operand input = node.operand(0);
        int axis = node.integer(1);
        long axes = axis < 0 ? axis + input.rank() + 1 : axis;
        node.bindSelection(0, node.add("Unsqueeze", input.name(), node.constant(axes)), input);
    }

    // (receiver), (receiver, axis) or (receiver, axes)
    private static void squeeze(NodeContext node) {
        Operand input = node.operand(0);
        long[] axes =
                node.size() > 1
                        ? node.integers(1)
                        : Arrays.stream(identity(input.rank()))
                                .filter(i -> input.shape().get((int) i) == 1)
                                .toArray();
        for (int i = 0; i < axes.length; i++) {
            axes[i] = input.axis((int) axes[i]);
        }
        long[] ones = Arrays.stream(axes).filter(i -> input.shape().get((int) i) == 1).toArray();
        if (ones.length == 0) {
            node.alias(0, input);
        } else {
            node.bindSelection(0, node.add("Squeeze", input.name(), node.constant(ones)), input);
        }
    }

    private static void transpose(NodeContext node) {
        Operand input = node.operand(0);
        long[] perm;
        if (node.size() > 1 && node.integers(1).length > 0) {
            perm = node.integers(1);
            for (int i = 0; i < perm.length; i++) {
                perm[i] = input.axis((int) perm[i]);
            }
        } else {
            perm = new long[input.rank()];
            Arrays.setAll(perm, i -> input.rank() - 1 - i);
        }
        permute(node, input, perm);
    }

    private static void swapAxes(NodeContext node) {
        Operand input = node.operand(0);
        long[] perm = identity(input.rank());
        int first = input.axis(node.integer(1));
        int second = input.axis(node.integer(2));
        perm[first] = second;
        perm[second] = first;
        permute(node, input, perm);
    }

    private static void permute(NodeContext node, Operand input, long[] perm) {
        String name = node.add("Transpose", new Attributes().integers("perm", perm), input.name());
        node.bindSelection(0, name, input);
    }

    private static void broadcast(NodeContext node) {
        Operand input = BatchConstants.withoutBatch(node, node.traced(0), false);
        Shape target = node.output(0).shape();
        int added = target.dimension() - input.rank();
        boolean told = node.state().scaling().compared() || node.state().scaling().size(0) != 1;
        List<Extent> dims = new ArrayList<>();
        for (int i = 0; i < target.dimension(); i++) {
            boolean kept = i >= added && told && node.sizes().isSame(0, i, 0, i - added);
            // Expanding to 1 keeps the dimension of the input.
            dims.add(
                    kept && !node.sizes().isFixed(0, i) ? Extent.of(1) : node.sizes().of(0).get(i));
        }
        String shape = node.tensor(dims);
        node.bindSelection(0, node.add("Expand", input.name(), shape), input);
    }

    /** PyTorch pads from the last axis on: (last before, last after, next to last before, ...). */
    // (receiver, padding, value)
    private static void pad(NodeContext node) {
        Operand input = node.operand(0);
        long[] padding = node.integers(1);
        int rank = input.rank();
        long[] pads = new long[2 * rank];
        for (int i = 0; i < padding.length / 2; i++) {
            pads[rank - 1 - i] = padding[2 * i];
            pads[2 * rank - 1 - i] = padding[2 * i + 1];
        }
        Padding.bind(node, input, pads, node.literal(2, Number.class));
    }

    private static void tile(NodeContext node) {
        Operand input = node.operand(0);
        if (!node.isLiteral(1, long[].class) && !node.isLiteral(1, Long.class)) {
            throw node.failure("only tile(long) and tile(long[]) are exported");
        }
        List<Extent> repeats = new ArrayList<>(node.extents(1));
        if (node.isLiteral(1, Long.class)) {
            repeats = Collections.nCopies(input.rank(), repeats.get(0));
        }
        String name = input.name();
        if (repeats.size() > input.rank()) {
            long[] axes = identity(repeats.size() - input.rank());
            name = node.add("Unsqueeze", name, node.constant(axes));
        }
        while (repeats.size() < input.rank()) {
            repeats.add(0, Extent.of(1));
        }
        node.bindSelection(0, node.add("Tile", name, node.tensor(repeats)), input);
    }
}
