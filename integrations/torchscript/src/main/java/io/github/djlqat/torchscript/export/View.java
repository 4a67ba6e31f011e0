package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The part of an array that an index without arrays names. */
final class View {

    private final ScriptNode node;
    private final List<NDIndexElement> elements;

    private View(ScriptNode node) {
        this.node = node;
        elements = elements(node);
    }

    /** The view that argument 1 of an operation names, of argument 0. */
    static View of(ScriptNode node) {
        return new View(node);
    }

    private static NDIndex index(ScriptNode node) {
        if (node.isLiteral(1, NDIndex.class)) {
            return node.traced(1, NDIndex.class);
        }
        if (node.isLiteral(1, String.class)) {
            boolean given = node.isLiteral(2, Object[].class);
            return new NDIndex(
                    node.traced(1, String.class),
                    given ? node.traced(2, Object[].class) : new Object[0]);
        }
        return new NDIndex(node.traced(1, long[].class));
    }

    private static List<NDIndexElement> elements(ScriptNode node) {
        NDIndex index = index(node);
        int rank = node.shape(0).dimension();
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        long reading = elements.stream().filter(e -> !(e instanceof NDIndexNull)).count();
        int ellipsis = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (long i = reading; i < rank; i++) {
            elements.add(ellipsis, new NDIndexAll());
        }
        return elements;
    }

    /** Returns the expression of the view of an array. */
    String apply(String array) {
        String result = array;
        int axis = 0;
        int read = 0;
        for (int i = 0; i < elements.size(); i++) {
            NDIndexElement element = elements.get(i);
            int place = i;
            if (element instanceof NDIndexNull) {
                result = call("unsqueeze", result, Integer.toString(axis++));
                continue;
            }
            if (element instanceof NDIndexFixed) {
                String position =
                        node.sizes().size(t -> element(t, place, NDIndexFixed.class).getIndex());
                result = call("select", result, Integer.toString(axis), position);
            } else if (element instanceof NDIndexSlice) {
                result = slice(result, axis++, place, read);
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

    private static <T> T element(ScriptNode trace, int place, Class<T> type) {
        NDIndexElement element = elements(trace).get(place);
        if (type.isInstance(element)) {
            return type.cast(element);
        }
        throw trace.failure("it has an index of another kind at another size");
    }

    private static NDIndexSlice slice(ScriptNode trace, int place) {
        return element(trace, place, NDIndexSlice.class);
    }

    private String slice(String array, int axis, int place, int read) {
        boolean toEnd =
                endsAtEnd(node, place, read)
                        && node.twins().stream().allMatch(t -> endsAtEnd(t, place, read));
        boolean fixed =
                node.twins().stream()
                        .allMatch(
                                t ->
                                        Objects.equals(
                                                slice(t, place).getMax(),
                                                slice(node, place).getMax()));
        // An end at the end stays there at any size, but a number stays what it is.
        boolean open = toEnd && !(fixed && slice(node, place).getMax() != null);
        String stop =
                open
                        ? Long.toString(Long.MAX_VALUE)
                        : node.sizes()
                                .size(t -> or(slice(t, place).getMax(), t.shape(0).get(read)));
        return call(
                "slice",
                array,
                Integer.toString(axis),
                node.sizes().size(t -> or(slice(t, place).getMin(), 0)),
                stop,
                node.sizes().size(t -> or(slice(t, place).getStep(), 1)));
    }

    private static boolean endsAtEnd(ScriptNode trace, int place, int read) {
        Long end = slice(trace, place).getMax();
        return end == null || end >= trace.shape(0).get(read);
    }

    private static long or(@Nullable Long bound, long otherwise) {
        return bound == null ? otherwise : bound;
    }
}
