package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Slicing, picking and writing to a part of an array. */
final class IndexingScripts {

    private IndexingScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("get", IndexingScripts::get);
        table.put("gatherNd", IndexingScripts::gatherNd);
        // (receiver, index, axis)
        table.put(
                "gather",
                n -> "torch.gather(" + n.value(0) + ", " + n.number(2) + ", " + indices(n) + ")");
        table.put("take", n -> "torch.take(" + n.value(0) + ", " + indices(n) + ")");
    }

    // (receiver, index), or (receiver, indices, axis) with axis 0 where it is left out
    private static String get(ScriptNode node) {
        if (node.isTensor(1)) {
            int rank = node.shape(0).dimension();
            int axis = node.size() > 2 ? node.literal(2, Number.class).intValue() : 0;
            String before = "None, ".repeat(axis < 0 ? axis + rank : axis);
            return index(node, before + indices(node));
        }
        int rank = node.shape(0).dimension();
        List<NDIndexElement> elements = elements(index(node), rank);
        List<NDIndexElement> others = elements(index(node.twin()), rank);
        String result = node.value(0);
        int axis = 0;
        int read = 0;
        for (int i = 0; i < elements.size(); i++) {
            NDIndexElement element = elements.get(i);
            NDIndexElement other = others.get(i);
            if (element instanceof NDIndexNull) {
                result = "torch.unsqueeze(" + result + ", " + axis++ + ")";
                continue;
            }
            if (element instanceof NDIndexFixed at) {
                String position = node.size(at.getIndex(), ((NDIndexFixed) other).getIndex());
                result = "torch.select(" + result + ", " + axis + ", " + position + ")";
            } else if (element instanceof NDIndexSlice slice) {
                result = slice(node, result, axis++, slice, (NDIndexSlice) other, read);
            } else if (element instanceof NDIndexAll) {
                axis++;
            } else {
                throw node.failure(
                        "its index has a "
                                + element.getClass().getSimpleName()
                                + "; whole axes, slices, numbers and null are supported");
            }
            read++;
        }
        return result;
    }

    private static String indices(ScriptNode node) {
        return "torch.to(" + node.value(1) + ", 4)";
    }

    private static String index(ScriptNode node, String indices) {
        return "torch.index("
                + node.value(0)
                + ", annotate(List[Optional[Tensor]], ["
                + indices
                + "]))";
    }

    /** The first axis of the indices counts the axes that they pick from. */
    // (receiver, index)
    private static String gatherNd(ScriptNode node) {
        return index(
                node,
                LongStream.range(0, node.shape(1).get(0))
                        .mapToObj(i -> "torch.select(" + indices(node) + ", 0, " + i + ")")
                        .collect(Collectors.joining(", ")));
    }

    private static String slice(
            ScriptNode node,
            String input,
            int axis,
            NDIndexSlice slice,
            NDIndexSlice other,
            int read) {
        Long end = slice.getMax();
        Long otherEnd = other.getMax();
        // An end at the end stays there at any size.
        String stop =
                end == null || otherEnd == null || end >= node.shape(0).get(read)
                        ? Long.toString(Long.MAX_VALUE)
                        : node.size(end, otherEnd);
        return "torch.slice("
                + String.join(
                        ", ",
                        input,
                        Integer.toString(axis),
                        node.size(or(slice.getMin(), 0), or(other.getMin(), 0)),
                        stop,
                        Long.toString(or(slice.getStep(), 1)))
                + ")";
    }

    private static long or(@Nullable Long bound, long otherwise) {
        return bound == null ? otherwise : bound;
    }

    private static NDIndex index(ScriptNode node) {
        if (node.isLiteral(1, NDIndex.class)) {
            return node.literal(1, NDIndex.class);
        }
        if (node.isLiteral(1, String.class)) {
            boolean given = node.isLiteral(2, Object[].class);
            return new NDIndex(
                    node.literal(1, String.class),
                    given ? node.literal(2, Object[].class) : new Object[0]);
        }
        return new NDIndex(node.longs(1));
    }

    private static List<NDIndexElement> elements(NDIndex index, int rank) {
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        long reading = elements.stream().filter(e -> !(e instanceof NDIndexNull)).count();
        int ellipsis = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (long i = reading; i < rank; i++) {
            elements.add(ellipsis, new NDIndexAll());
        }
        return elements;
    }
}
