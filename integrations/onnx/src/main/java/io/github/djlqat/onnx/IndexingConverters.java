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
import org.jspecify.annotations.Nullable;

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
        List<NDIndexElement> elements = elements(index(node.traced()), input.rank());
        List<List<NDIndexElement>> again =
                node.tracedAgain().stream()
                        .map(twin -> elements(index(twin), input.rank()))
                        .toList();
        Slices slices = new Slices();
        List<Long> fixed = new ArrayList<>();
        List<Long> inserted = new ArrayList<>();
        int axis = 0;
        int outputAxis = 0;
        for (int i = 0; i < elements.size(); i++) {
            NDIndexElement element = elements.get(i);
            int at = i;
            List<NDIndexElement> others = again.stream().map(twin -> twin.get(at)).toList();
            if (element instanceof NDIndexNull) {
                inserted.add((long) outputAxis++);
                continue;
            }
            if (element instanceof NDIndexSlice slice) {
                slices.addSlice(node, axis, slice, others);
                outputAxis++;
            } else if (element instanceof NDIndexFixed position) {
                slices.addPosition(node, axis, position, others);
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

    private static List<NDIndexElement> elements(NDIndex index, int rank) {
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        long consuming = elements.stream().filter(e -> !(e instanceof NDIndexNull)).count();
        int ellipsis = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (long i = consuming; i < rank; i++) {
            elements.add(ellipsis, new NDIndexAll());
        }
        return elements;
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
        private static final long END = Long.MAX_VALUE;

        private final List<Extent> starts = new ArrayList<>();
        private final List<Extent> ends = new ArrayList<>();
        private final List<Long> axes = new ArrayList<>();
        private final List<Long> steps = new ArrayList<>();

        void addSlice(NodeContext node, int axis, NDIndexSlice slice, List<NDIndexElement> others) {
            List<NDIndexSlice> again = others.stream().map(NDIndexSlice.class::cast).toList();
            long[] min = again.stream().mapToLong(other -> or(other.getMin(), 0)).toArray();
            starts.add(node.extent(1, or(slice.getMin(), 0), min));
            ends.add(end(node, axis, slice, again));
            axes.add((long) axis);
            steps.add(or(slice.getStep(), 1));
        }

        private static Extent end(
                NodeContext node, int axis, NDIndexSlice slice, List<NDIndexSlice> again) {
            Long max = slice.getMax();
            if (max == null || again.stream().anyMatch(other -> other.getMax() == null)) {
                return Extent.of(END);
            }
            long[] others = again.stream().mapToLong(other -> or(other.getMax(), END)).toArray();
            boolean whole = max >= node.shape(0).get(axis);
            // An end at the end stays there at any size, but a number stays what it is.
            return whole
                            && (node.sizes().isArgumentFixed(0, axis)
                                    || Arrays.stream(others).anyMatch(other -> other != max))
                    ? Extent.of(END)
                    : node.extent(1, max, others);
        }

        void addPosition(NodeContext node, int axis, NDIndexFixed at, List<NDIndexElement> others) {
            long[] again =
                    others.stream().mapToLong(other -> ((NDIndexFixed) other).getIndex()).toArray();
            Extent position = node.extent(1, at.getIndex(), again);
            starts.add(position);
            ends.add(position.equals(Extent.of(-1)) ? Extent.of(END) : position.plus(1));
            axes.add((long) axis);
            steps.add(1L);
        }

        private static long or(@Nullable Long bound, long otherwise) {
            return bound == null ? otherwise : bound;
        }

        boolean isEmpty() {
            return axes.isEmpty();
        }

        String apply(NodeContext node, String input) {
            return node.add(
                    "Slice",
                    input,
                    node.tensor(starts),
                    node.tensor(ends),
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
