package io.github.djlqat.onnx;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.NodeArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a node in all traces: what differs between them follows the dynamic sizes.
 *
 * @param first the arguments in the first trace
 * @param others the arguments in each of the others
 * @param scaling what the traces say of sizes
 * @param failure makes an exception that names the node, of a reason
 */
record TracedArguments(
        NodeArguments first,
        List<NodeArguments> others,
        SizeScaling scaling,
        Function<String, OnnxExportException> failure) {

    private static final String FIXED_BATCH = " Export the model with optDynamicBatch(false)";

    /** Returns a literal that all traces agree in. */
    <T> T literal(int i, Class<T> type) {
        T value = first.literal(i, type);
        requireSame(i, value);
        return value;
    }

    private void requireSame(int i, @Nullable Object value) {
        List<@Nullable Object> again = new ArrayList<>();
        others.forEach(other -> again.add(((Argument.Literal) other.get(i)).value()));
        if (!again.stream().allMatch(other -> Literals.areEqual(value, other))) {
            List<String> seen = again.stream().map(Literals::format).toList();
            throw failure.apply(
                    "its argument "
                            + i
                            + " is "
                            + scaling.seen(Literals.format(value), seen)
                            + ", which cannot follow the batch."
                            + FIXED_BATCH);
        }
    }

    /** Returns an argument of each of the other traces. */
    List<Argument> others(int i) {
        return others.stream().map(other -> other.get(i)).toList();
    }

    /** Returns an element of a list argument of each of the other traces. */
    List<Argument> otherElements(int i, int j) {
        return others.stream().map(other -> other.element(i, j)).toList();
    }

    /**
     * Returns a whole number of an argument, which may follow dynamic sizes.
     *
     * @throws OnnxExportException if the numbers fit neither a constant, a multiple of sizes, nor a
     *     size with something added
     */
    Extent extent(int i, long traced, long... again) {
        return scaling.extent(traced, again)
                .orElseThrow(
                        () ->
                                failure.apply(
                                        "its argument "
                                                + i
                                                + " holds "
                                                + scaling.seen(
                                                        String.valueOf(traced),
                                                        Arrays.stream(again)
                                                                .mapToObj(String::valueOf)
                                                                .toList())
                                                + ", which is neither proportional to it nor differs from it by a constant."
                                                + FIXED_BATCH));
    }

    /** Returns the whole numbers of an argument, which may follow dynamic sizes. */
    List<Extent> extents(int i) {
        long[] traced = first.integers(i);
        List<long[]> again = others.stream().map(other -> other.integers(i)).toList();
        if (again.stream().anyMatch(other -> other.length != traced.length)) {
            requireSame(i, first.literal(i, Object.class));
        }
        return IntStream.range(0, traced.length)
                .mapToObj(
                        j ->
                                extent(
                                        i,
                                        traced[j],
                                        again.stream().mapToLong(other -> other[j]).toArray()))
                .toList();
    }

    /** Returns a number if it is whole and differs between the traces, else null. */
    @Nullable Extent scaledNumber(int i) {
        Number traced = first.literal(i, Number.class);
        List<Number> again = others.stream().map(o -> o.literal(i, Number.class)).toList();
        if (again.stream().allMatch(traced::equals)
                || !isWhole(traced)
                || !again.stream().allMatch(TracedArguments::isWhole)) {
            return null;
        }
        long[] numbers = again.stream().mapToLong(Number::longValue).toArray();
        return extent(i, traced.longValue(), numbers);
    }

    private static boolean isWhole(Number number) {
        return number.doubleValue() == number.longValue();
    }
}
