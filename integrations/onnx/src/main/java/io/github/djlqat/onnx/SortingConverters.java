package io.github.djlqat.onnx;

import java.util.List;
import java.util.Map;

/** Sorting and the largest elements of an axis. */
final class SortingConverters {

    private SortingConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("sort", SortingConverters::sort);
        table.put("argSort", SortingConverters::argSort);
        table.put("topK", SortingConverters::topK);
    }

    // (receiver) or (receiver, axis)
    private static void sort(NodeContext node) {
        int axis = node.operand(0).axis(node.size() > 1 ? node.integer(1) : -1);
        node.bindSelection(0, whole(node, axis, true).get(0), node.operand(0));
    }

    // (receiver), (receiver, axis) or (receiver, axis, ascending)
    private static void argSort(NodeContext node) {
        int axis = node.operand(0).axis(node.size() > 1 ? node.integer(1) : -1);
        boolean ascending = node.size() < 3 || node.literal(2, Boolean.class);
        node.bind(0, whole(node, axis, ascending).get(1));
    }

    private static List<String> whole(NodeContext node, int axis, boolean ascending) {
        if (!node.sizes().isFixed(0, axis)) {
            throw node.failure(
                    "it sorts along an axis of a dynamic size. Export with optDynamicBatch(false)");
        }
        return top(node, node.operand(0).shape().get(axis), axis, !ascending, true);
    }

    // (receiver, k, axis), with largest or with largest and sorted
    private static void topK(NodeContext node) {
        Operand input = node.operand(0);
        int axis = input.axis(node.integer(2));
        boolean largest = node.size() < 4 || node.literal(3, Boolean.class);
        boolean sorted = node.size() < 5 || node.literal(4, Boolean.class);
        List<String> outputs = top(node, node.integer(1), axis, largest, sorted);
        node.bindSelection(0, outputs.get(0), input);
        node.bind(1, outputs.get(1));
    }

    private static List<String> top(
            NodeContext node, long k, int axis, boolean largest, boolean sorted) {
        Attributes attributes =
                new Attributes()
                        .integer("axis", axis)
                        .integer("largest", largest ? 1 : 0)
                        .integer("sorted", sorted ? 1 : 0);
        return node.builder()
                .nodes(
                        "TopK",
                        node.site() + "/TopK",
                        attributes,
                        2,
                        node.operand(0).name(),
                        node.constant(k));
    }
}
