package io.github.djlqat.onnx;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Arrays with some of their elements replaced. */
final class WritingConverters {

    private static final long END = Long.MAX_VALUE;

    private WritingConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put(Node.SET, WritingConverters::set);
    }

    // (receiver, index, value) or (receiver, mask, number)
    private static void set(NodeContext node) {
        if (node.isTensor(1)) {
            mask(node);
            return;
        }
        Operand input = node.operand(0);
        NDIndex index = node.literal(1, NDIndex.class);
        List<Range> ranges = ranges(node, input, index);
        List<Range> cuts = ranges.stream().filter(range -> !range.isAll()).toList();
        String region = input.name();
        List<String> outer = new ArrayList<>();
        for (Range cut : cuts) {
            outer.add(region);
            region = slice(node, region, cut.axis(), cut.start(), cut.end());
        }
        String changed = expanded(node, input, ranges, region);
        for (int i = cuts.size() - 1; i >= 0; i--) {
            changed = join(node, outer.get(i), cuts.get(i), changed);
        }
        node.bind(0, changed);
    }

    /** The positions of one axis that are written to. */
    private record Range(int axis, long start, long end, boolean fixed) {
        boolean isAll() {
            return start == 0 && end == END;
        }
    }

    private static List<Range> ranges(NodeContext node, Operand input, NDIndex index) {
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        int ellipsis = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        while (elements.size() < input.rank()) {
            elements.add(ellipsis, new NDIndexAll());
        }
        List<Range> ranges = new ArrayList<>();
        for (int axis = 0; axis < elements.size(); axis++) {
            ranges.add(range(node, axis, input.shape().get(axis), elements.get(axis)));
        }
        return ranges;
    }

    private static Range range(NodeContext node, int axis, long size, NDIndexElement element) {
        if (element instanceof NDIndexAll) {
            return new Range(axis, 0, END, false);
        }
        if (element instanceof NDIndexFixed at) {
            long end = at.getIndex() == -1 ? END : at.getIndex() + 1;
            return new Range(axis, at.getIndex(), end, true);
        }
        if (element instanceof NDIndexSlice slice
                && (slice.getStep() == null || slice.getStep() == 1)) {
            long start = slice.getMin() == null ? 0 : slice.getMin();
            boolean toEnd =
                    slice.getMax() == null
                            || slice.getMax() >= size && node.sizes().isArgumentFixed(0, axis);
            return new Range(axis, start, toEnd ? END : slice.getMax(), false);
        }
        throw node.failure(
                "it writes to an index with a step, a null or an array; exported are whole axes, slices without"
                        + " steps, and numbers");
    }

    /** Gives what is written the shape of the region that it is written to. */
    private static String expanded(
            NodeContext node, Operand input, List<Range> ranges, String region) {
        DataType type = input.dataType();
        String value;
        if (node.argument(2) instanceof Argument.Literal) {
            value = node.scalar(node.literal(2, Number.class), type).name();
        } else {
            Operand written = node.cast(node.operand(2), type);
            value = written.name();
            // The axes that a number picks are not there in what is written.
            long[] axes = positions(ranges, written.rank());
            if (axes.length > 0) {
                value = node.add("Unsqueeze", value, node.constant(axes));
            }
        }
        return node.add("Expand", value, node.add("Shape", region));
    }

    /** Returns where axes of size one belong into an array that lies behind the last axes. */
    private static long[] positions(List<Range> ranges, int rank) {
        List<Long> fromEnd = new ArrayList<>();
        int matched = 0;
        for (int axis = ranges.size() - 1; axis >= 0 && matched <= rank; axis--) {
            if (ranges.get(axis).fixed()) {
                if (matched < rank) {
                    fromEnd.add((long) axis - ranges.size());
                }
            } else {
                matched++;
            }
        }
        return fromEnd.stream().flatMapToLong(LongStream::of).sorted().toArray();
    }

    private static String join(NodeContext node, String outer, Range cut, String changed) {
        List<String> parts = new ArrayList<>();
        if (cut.start() != 0) {
            parts.add(slice(node, outer, cut.axis(), 0, cut.start()));
        }
        parts.add(changed);
        if (cut.end() != END) {
            parts.add(slice(node, outer, cut.axis(), cut.end(), END));
        }
        if (parts.size() == 1) {
            return changed;
        }
        Attributes attributes = new Attributes().integer("axis", cut.axis());
        return node.add("Concat", attributes, parts.toArray(String[]::new));
    }

    private static String slice(NodeContext node, String input, int axis, long start, long end) {
        return node.add(
                "Slice",
                input,
                node.constant(start),
                node.constant(end),
                node.constant(axis),
                node.constant(1));
    }

    /** A mask covers the first axes. */
    private static void mask(NodeContext node) {
        Operand input = node.operand(0);
        Operand mask = node.operand(1);
        String condition = node.cast(mask, DataType.BOOLEAN).name();
        if (mask.rank() < input.rank()) {
            long[] axes = LongStream.range(mask.rank(), input.rank()).toArray();
            condition = node.add("Unsqueeze", condition, node.constant(axes));
        }
        Operand number = node.scalar(node.literal(2, Number.class), input.dataType());
        node.bind(0, node.add("Where", condition, number.name(), input.name()));
    }
}
