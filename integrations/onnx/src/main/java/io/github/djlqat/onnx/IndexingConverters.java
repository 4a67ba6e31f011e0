package io.github.djlqat.onnx;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Slicing, picking and embedding. */
final class IndexingConverters {

    private IndexingConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("get", IndexingConverters::get);
        table.put("embedding", IndexingConverters::embedding);
        table.put("gather", IndexingConverters::gather);
        table.put("gatherNd", IndexingConverters::gatherNd);
        table.put("take", IndexingConverters::take);
        table.put("flip", IndexingConverters::flip);
        table.put("oneHot", IndexingConverters::oneHot);
    }

    private static NDIndex index(NodeContext node) {
        if (node.isLiteral(1, NDIndex.class)) {
            return node.literal(1, NDIndex.class);
        }
        if (node.isLiteral(1, String.class)) {
            Object[] arguments =
                    node.isLiteral(2, Object[].class)
                            ? node.literal(2, Object[].class)
                            : new Object[0];
            return new NDIndex(node.literal(1, String.class), arguments);
        }
        if (node.isLiteral(1, long[].class)) {
            return new NDIndex(node.literal(1, long[].class));
        }
        throw node.failure("its index is " + node.argument(1) + ", which is not exported");
    }

    // (receiver, index), or (receiver, indices, axis) with axis 0 where it is left out
    private static void get(NodeContext node) {
        Operand input = node.operand(0);
        if (node.isTensor(1)) {
            pick(node, input);
            return;
        }
        NDIndex index = index(node);
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        long consuming = elements.stream().filter(e -> !(e instanceof NDIndexNull)).count();
        int ellipsis = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (long i = consuming; i < input.rank(); i++) {
            elements.add(ellipsis, new NDIndexAll());
        }
        Slices slices = new Slices();
        List<Long> fixed = new ArrayList<>();
        List<Long> inserted = new ArrayList<>();
        int axis = 0;
        int outputAxis = 0;
        for (NDIndexElement element : elements) {
            if (element instanceof NDIndexNull) {
                inserted.add((long) outputAxis++);
                continue;
            }
            if (element instanceof NDIndexSlice slice) {
                slices.add(axis, slice, input.shape().get(axis));
                outputAxis++;
            } else if (element instanceof NDIndexFixed at) {
                long end = at.getIndex() == -1 ? Long.MAX_VALUE : at.getIndex() + 1;
                slices.add(axis, new NDIndexSlice(at.getIndex(), end, 1L), Long.MAX_VALUE);
                fixed.add((long) axis);
            } else if (element instanceof NDIndexAll) {
                outputAxis++;
            } else {
                throw node.failure(
                        "an index with a "
                                + element.getClass().getSimpleName()
                                + " is not exported; exported are whole axes, slices, numbers and null");
            }
            axis++;
        }
        String name = slices.isEmpty() ? input.name() : slices.apply(node, input.name());
        if (!fixed.isEmpty()) {
            name = node.add("Squeeze", name, node.constant(array(fixed)));
        }
        if (!inserted.isEmpty()) {
            name = node.add("Unsqueeze", name, node.constant(array(inserted)));
        }
        if (name.equals(input.name())) {
            node.alias(0, input);
        } else {
            node.bindSelection(0, name, input);
        }
    }

    /** Picks along an axis; negative indices count from the end. */
    private static void pick(NodeContext node, Operand input) {
        Operand indices = node.cast(node.operand(1), DataType.INT64);
        int axis = node.size() > 2 ? node.integer(2) : 0;
        Attributes attributes = new Attributes().integer("axis", axis);
        node.bindSelection(0, node.add("Gather", attributes, input.name(), indices.name()), input);
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** The inputs of a Slice node. */
    private static final class Slices {
        private final List<Long> starts = new ArrayList<>();
        private final List<Long> ends = new ArrayList<>();
        private final List<Long> axes = new ArrayList<>();
        private final List<Long> steps = new ArrayList<>();

        void add(int axis, NDIndexSlice slice, long size) {
            Long min = slice.getMin();
            Long max = slice.getMax();
            Long step = slice.getStep();
            starts.add(min == null ? 0 : min);
            // An end at the end stays there at any size.
            ends.add(max == null || max >= size ? Long.MAX_VALUE : max);
            axes.add((long) axis);
            steps.add(step == null ? 1 : step);
        }

        boolean isEmpty() {
            return axes.isEmpty();
        }

        String apply(NodeContext node, String input) {
            return node.add(
                    "Slice",
                    input,
                    node.constant(array(starts)),
                    node.constant(array(ends)),
                    node.constant(array(axes)),
                    node.constant(array(steps)));
        }
    }

    // (receiver, input, weight, sparse)
    private static void embedding(NodeContext node) {
        Operand indices = node.cast(node.operand(1), DataType.INT64);
        node.bind(
                0,
                node.add(
                        "Gather",
                        new Attributes().integer("axis", 0),
                        node.operand(2).name(),
                        indices.name()));
    }

    // (receiver, index, axis)
    private static void gather(NodeContext node) {
        Operand input = node.operand(0);
        Operand indices = node.cast(node.operand(1), DataType.INT64);
        Attributes attributes = new Attributes().integer("axis", input.axis(node.integer(2)));
        node.bindSelection(
                0, node.add("GatherElements", attributes, input.name(), indices.name()), input);
    }

    /** The first axis of the indices counts the axes that they pick from. */
    // (receiver, index)
    private static void gatherNd(NodeContext node) {
        Operand input = node.operand(0);
        Operand indices = node.cast(node.operand(1), DataType.INT64);
        String name;
        if (indices.shape().get(0) == 1) {
            String rows = node.add("Squeeze", indices.name(), node.constant(0));
            name = node.add("Gather", new Attributes().integer("axis", 0), input.name(), rows);
        } else {
            long[] perm = new long[indices.rank()];
            Arrays.setAll(perm, i -> (i + 1) % perm.length);
            String last =
                    node.add("Transpose", new Attributes().integers("perm", perm), indices.name());
            name = node.add("GatherND", input.name(), last);
        }
        node.bindSelection(0, name, input);
    }

    /** Picks elements of the flattened array. */
    // (receiver, index)
    private static void take(NodeContext node) {
        Operand input = node.operand(0);
        Operand indices = node.cast(node.operand(1), DataType.INT64);
        String flat = node.add("Reshape", input.name(), node.constant(-1));
        node.bindSelection(
                0,
                node.add("Gather", new Attributes().integer("axis", 0), flat, indices.name()),
                input);
    }

    private static void flip(NodeContext node) {
        Operand input = node.operand(0);
        long[] axes = node.integers(1);
        long[] backwards = new long[axes.length];
        Arrays.fill(backwards, -1);
        long[] ends = new long[axes.length];
        Arrays.fill(ends, Long.MIN_VALUE);
        for (int i = 0; i < axes.length; i++) {
            axes[i] = input.axis((int) axes[i]);
        }
        String name =
                node.add(
                        "Slice",
                        input.name(),
                        node.constant(backwards),
                        node.constant(ends),
                        node.constant(axes),
                        node.constant(backwards));
        node.bindSelection(0, name, input);
    }

    // (receiver, depth), (receiver, depth, dataType) or (receiver, depth, onValue, offValue,
    // dataType)
    private static void oneHot(NodeContext node) {
        Operand indices = node.cast(node.operand(0), DataType.INT64);
        boolean valued = node.size() > 3;
        DataType type = node.output(0).dataType();
        float on = valued ? node.literal(2, Number.class).floatValue() : 1;
        float off = valued ? node.literal(3, Number.class).floatValue() : 0;
        Object pair = new float[] {off, on};
        String values = node.builder().constant("values", pair, 2);
        Operand typed = node.cast(new Operand(values, new Shape(2), DataType.FLOAT32), type);
        String depth = node.constant(node.integer(1));
        node.bind(
                0,
                node.add(
                        "OneHot",
                        new Attributes().integer("axis", -1),
                        indices.name(),
                        depth,
                        typed.name()));
    }
}
