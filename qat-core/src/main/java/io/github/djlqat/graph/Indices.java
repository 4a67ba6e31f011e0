package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexBooleans;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexPick;
import ai.djl.ndarray.index.dim.NDIndexTake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The forms in which {@code get} and {@code set} take an index. */
final class Indices {

    private Indices() {}

    /** Returns the index of a recorded node, unless tensors are part of it. */
    static Optional<NDIndex> of(List<Argument> arguments) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Argument argument : arguments.subList(1, arguments.size())) {
            if (!(argument instanceof Argument.Literal literal)) {
                return Optional.empty();
            }
            values.add(literal.value());
        }
        return ofJava(values);
    }

    /** Returns the index that the arguments behind the receiver stand for. */
    static Optional<NDIndex> ofJava(List<@Nullable Object> arguments) {
        List<@Nullable Object> values =
                arguments.stream().filter(value -> !(value instanceof NDManager)).toList();
        Object first = values.isEmpty() ? null : values.get(0);
        if (first instanceof NDIndex index) {
            return Optional.of(index);
        }
        if (first instanceof NDArray array) {
            return Optional.of(new NDIndex("{}", array));
        }
        if (first instanceof long[] positions) {
            return Optional.of(new NDIndex(positions));
        }
        if (first instanceof String text) {
            boolean given = values.size() > 1 && values.get(1) instanceof Object[];
            return Optional.of(new NDIndex(text, given ? (Object[]) values.get(1) : new Object[0]));
        }
        return Optional.empty();
    }

    /** Whether an index picks as many elements as its data say. */
    static boolean hasMask(NDIndex index) {
        return index.stream().anyMatch(NDIndexBooleans.class::isInstance);
    }

    /** Whether arrays are part of an index. */
    static boolean hasArrays(NDIndex index) {
        return hasMask(index)
                || index.stream()
                        .anyMatch(e -> e instanceof NDIndexTake || e instanceof NDIndexPick);
    }

    /** Returns the mask of an index that is nothing else. */
    static Optional<NDArray> mask(NDIndex index) {
        List<NDIndexElement> elements = index.getIndices();
        return elements.size() == 1 && elements.get(0) instanceof NDIndexBooleans mask
                ? Optional.of(mask.getIndex())
                : Optional.empty();
    }

    /** Returns the axis that an index takes elements from, where it takes all of the others. */
    static Optional<Integer> takenAxis(NDIndex index) {
        List<NDIndexElement> elements = index.getIndices();
        int[] taken =
                IntStream.range(0, elements.size())
                        .filter(i -> elements.get(i) instanceof NDIndexTake)
                        .toArray();
        boolean others =
                elements.stream()
                        .allMatch(e -> e instanceof NDIndexTake || e instanceof NDIndexAll);
        boolean clear =
                index.getEllipsisIndex() < 0
                        || taken.length > 0 && index.getEllipsisIndex() > taken[0];
        return others && clear && taken.length == 1 ? Optional.of(taken[0]) : Optional.empty();
    }

    static NDArray taken(NDIndex index, int axis) {
        return ((NDIndexTake) index.getIndices().get(axis)).getIndex();
    }
}
