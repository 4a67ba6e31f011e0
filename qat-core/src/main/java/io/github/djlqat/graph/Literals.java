package io.github.djlqat.graph;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Objects that operations take besides tensors. */
public final class Literals {

    private static final int SHOWN = 8;

    private Literals() {}

    /**
     * Joins arrays of arrays, as an array is created from.
     *
     * @param data an array of any depth, such as {@code float[][]}, or a value of another kind
     * @return one array of the elements in row-major order, or what was given where it has no rows
     */
    public static Object flat(Object data) {
        if (!(data instanceof Object[] rows) || rows.length == 0) {
            return data;
        }
        List<Object> parts = Arrays.stream(rows).map(Literals::flat).toList();
        int size = parts.stream().mapToInt(Array::getLength).sum();
        Object joined = Array.newInstance(parts.get(0).getClass().getComponentType(), size);
        int at = 0;
        for (Object part : parts) {
            System.arraycopy(part, 0, joined, at, Array.getLength(part));
            at += Array.getLength(part);
        }
        return joined;
    }

    /**
     * Returns whether two literals mean the same, by their elements where they are arrays, indices
     * or records.
     *
     * @param first a literal
     * @param second another
     * @return true if they mean the same
     */
    public static boolean areEqual(@Nullable Object first, @Nullable Object second) {
        if (first == null || second == null || first.getClass() != second.getClass()) {
            return first == second;
        }
        if (first instanceof NDIndex index) {
            return elements(index).equals(elements((NDIndex) second));
        }
        if (first instanceof Object[] array) {
            Object[] other = (Object[]) second;
            boolean same = array.length == other.length;
            for (int i = 0; same && i < array.length; i++) {
                same = areEqual(array[i], other[i]);
            }
            return same;
        }
        if (first instanceof Record) {
            return Arrays.stream(first.getClass().getRecordComponents())
                    .allMatch(part -> areEqual(component(part, first), component(part, second)));
        }
        return Objects.deepEquals(first, second);
    }

    /**
     * Writes a literal for people, long arrays cut off.
     *
     * @param value a literal
     * @return a short text
     */
    public static String format(@Nullable Object value) {
        if (value instanceof NDIndex index) {
            return "[" + String.join(", ", elements(index)) + "]";
        }
        if (value != null && value.getClass().isArray()) {
            int length = Array.getLength(value);
            String shown =
                    IntStream.range(0, Math.min(length, SHOWN))
                            .mapToObj(i -> format(Array.get(value, i)))
                            .collect(Collectors.joining(", "));
            return "[" + shown + (length > SHOWN ? ", ... (" + length + ")" : "") + "]";
        }
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }

    private static List<String> elements(NDIndex index) {
        List<String> texts =
                index.getIndices().stream().map(Literals::element).collect(Collectors.toList());
        if (index.getEllipsisIndex() >= 0 && index.getEllipsisIndex() <= texts.size()) {
            texts.add(index.getEllipsisIndex(), "...");
        }
        return texts;
    }

    private static String element(NDIndexElement element) {
        if (element instanceof NDIndexFixed at) {
            return String.valueOf(at.getIndex());
        }
        if (element instanceof NDIndexSlice slice) {
            return text(slice.getMin())
                    + ":"
                    + text(slice.getMax())
                    + (slice.getStep() == null ? "" : ":" + slice.getStep());
        }
        return switch (element.getClass().getSimpleName()) {
            case "NDIndexAll" -> ":";
            case "NDIndexNull" -> "null";
            default -> element.getClass().getSimpleName();
        };
    }

    private static String text(@Nullable Long bound) {
        return bound == null ? "" : bound.toString();
    }

    private static @Nullable Object component(RecordComponent part, Object record) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot read " + part + " of " + record + ".", e);
        }
    }
}
