package io.github.djlqat.torchscript;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of a value of a program without running it. */
sealed interface Value {

    /** Nothing is known: it is computed. */
    record Computed() implements Value {}

    /** A module. */
    record Module(ModuleNode node) implements Value {}

    /**
     * A tensor that the archive holds.
     *
     * @param swapped whether its last two axes are swapped
     */
    record Stored(Origin origin, boolean swapped) implements Value {}

    /**
     * One of several tensors that the archive holds; which one depends on where it is run from.
     *
     * @param origins all that it may be
     */
    record Several(Set<Origin> origins) implements Value {
        public Several {
            origins = Set.copyOf(origins);
        }
    }

    /** A list or tuple of known length. */
    record Items(List<Value> items) implements Value {}

    /** A list of tensors that is an attribute. */
    record StoredList(ModuleNode owner, String attribute) implements Value {}

    /**
     * What a layer computes.
     *
     * @param layer the operation
     */
    record Result(OperationUse.Key layer) implements Value {}

    /**
     * A number or a string.
     *
     * @param text how it is written
     */
    record Constant(String text) implements Value {}

    /** A function. */
    record Function(String qualifiedName) implements Value {}

    /**
     * Where a tensor is held.
     *
     * @param owner the module it is an attribute of, or null if it is a constant of the program
     * @param attribute the attribute, or the constant's name
     * @param index the position in the attribute if that is a list, else -1
     */
    record Origin(@Nullable ModuleNode owner, String attribute, int index) {

        /** The name of the tensor, from the root on. */
        String name() {
            String whole = owner == null ? attribute : owner.nameOf(attribute);
            return index < 0 ? whole : whole + '.' + index;
        }
    }

    /** The one unknown value. */
    Value COMPUTED = new Computed();

    /** What is known where either of two values may be there. */
    static Value join(Value a, Value b) {
        if (a.equals(b)) {
            return a;
        }
        if (a instanceof Items first
                && b instanceof Items second
                && first.items().size() == second.items().size()) {
            List<Value> items = new ArrayList<>();
            for (int i = 0; i < first.items().size(); i++) {
                items.add(join(first.items().get(i), second.items().get(i)));
            }
            return new Items(items);
        }
        if (!isStored(a) || !isStored(b)) {
            return COMPUTED;
        }
        Set<Origin> origins = new HashSet<>(origins(a));
        origins.addAll(origins(b));
        return new Several(origins);
    }

    /** The stored tensors that a value is or holds. */
    static Set<Origin> origins(Value value) {
        if (value instanceof Stored stored) {
            return Set.of(stored.origin());
        }
        if (value instanceof Several several) {
            return several.origins();
        }
        Set<Origin> origins = new HashSet<>();
        if (value instanceof Items items) {
            items.items().forEach(item -> origins.addAll(origins(item)));
        }
        return origins;
    }

    private static boolean isStored(Value value) {
        return value instanceof Stored || value instanceof Several;
    }
}
