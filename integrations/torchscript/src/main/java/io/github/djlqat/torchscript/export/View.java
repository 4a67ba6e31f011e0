package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of an array that an index without arrays names. */
final class View {

    private final ScriptNode node;
    private final Shape shape;
    private final Shape otherShape;
    private final List<NDIndexElement> elements;
    private final List<NDIndexElement> others;

    private View(ScriptNode node) {
        this.node = node;
        shape = node.shape(0);
        otherShape = node.twin().shape(0);
        elements = elements(index(node), shape.dimension());
        others = elements(index(node.twin()), otherShape.dimension());
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

    private static List<NDIndexElement> elements(NDIndex index, int rank) {
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
            NDIndexElement other = others.get(i);
            if (element instanceof NDIndexNull) {
                result = call("unsqueeze", result, Integer.toString(axis++));
                continue;
            }
            if (element instanceof NDIndexFixed at) {
                String position = node.size(at.getIndex(), ((NDIndexFixed) other).getIndex());
                result = call("select", result, Integer.toString(axis), position);
            } else if (element instanceof NDIndexSlice slice) {
                result = slice(result, axis++, slice, (NDIndexSlice) other, read);
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

    private String slice(String array, int axis, NDIndexSlice slice, NDIndexSlice other, int read) {
        Long end = slice.getMax();
        Long otherEnd = other.getMax();
        // An end at the end stays there at any size.
        String stop =
                end == null
                                || otherEnd == null
                                || end >= shape.get(read) && otherEnd >= otherShape.get(read)
                        ? Long.toString(Long.MAX_VALUE)
                        : node.size(end, otherEnd);
        return call(
                "slice",
                array,
                Integer.toString(axis),
                node.size(or(slice.getMin(), 0), or(other.getMin(), 0)),
                stop,
                Long.toString(or(slice.getStep(), 1)));
    }

    private static long or(@Nullable Long bound, long otherwise) {
        return bound == null ? otherwise : bound;
    }
}
