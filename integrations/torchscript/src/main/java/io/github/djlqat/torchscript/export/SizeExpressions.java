package io.github.djlqat.torchscript.export;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Writes whole numbers that an operation has in each trace as expressions of the dynamic sizes,
 * which are read from the inputs when the model runs.
 *
 * @param node the operation in the first trace
 * @param twins the same operation in the other traces
 * @param dynamic the sizes by which the traces differ
 */
record SizeExpressions(ScriptNode node, List<ScriptNode> twins, DynamicSizes dynamic) {

    /** The expression of a whole number that each trace has. */
    String size(ToLongFunction<ScriptNode> ofTrace) {
        return size(ofTrace.applyAsLong(node), twins.stream().mapToLong(ofTrace).toArray());
    }

    /** The expression of a whole number of the first trace, given those of the others. */
    String size(long traced, long[] again) {
        return dynamic.expression(traced, again)
                .orElseThrow(
                        () ->
                                node.failure(
                                        "a number of it is "
                                                + dynamic.seen(
                                                        traced,
                                                        LongStream.of(again).boxed().toList())));
    }

    /** The expression of a list of whole numbers that each trace has. */
    String sizes(Function<ScriptNode, long[]> ofTrace) {
        long[] traced = ofTrace.apply(node);
        List<long[]> again = twins.stream().map(ofTrace).toList();
        if (again.stream().anyMatch(other -> other.length != traced.length)) {
            throw node.failure(
                    "its number of dimensions is "
                            + dynamic.seen(
                                    traced.length, again.stream().map(o -> o.length).toList()));
        }
        return IntStream.range(0, traced.length)
                .mapToObj(i -> size(traced[i], again.stream().mapToLong(o -> o[i]).toArray()))
                .collect(ScriptNode.list());
    }

    /** The expression of the first output's shape. */
    String outputShape() {
        return sizes(SizeExpressions::dimensions);
    }

    /**
     * The expression of the first output's shape for a function that finds out one size itself: -1
     * stands for the first that follows no formula.
     */
    String reshapedShape() {
        long[] traced = dimensions(node);
        List<long[]> again = twins.stream().map(SizeExpressions::dimensions).toList();
        boolean alike = again.stream().allMatch(other -> other.length == traced.length);
        int free = -1;
        for (int i = 0; alike && free < 0 && i < traced.length; i++) {
            int axis = i;
            long[] others = again.stream().mapToLong(o -> o[axis]).toArray();
            free = dynamic.expression(traced[i], others).isPresent() ? -1 : i;
        }
        int found = free;
        return sizes(
                each -> {
                    long[] dims = dimensions(each).clone();
                    if (found >= 0) {
                        dims[found] = -1;
                    }
                    return dims;
                });
    }

    private static long[] dimensions(ScriptNode node) {
        return node.output(0).shape().getShape();
    }

    /** The sizes of all outputs along an axis. */
    String outputSizes(int axis) {
        return sizes(
                each ->
                        each.node().outputs().stream()
                                .mapToLong(output -> output.shape().get(axis))
                                .toArray());
    }
}
