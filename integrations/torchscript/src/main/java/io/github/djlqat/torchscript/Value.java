package io.github.djlqat.torchscript;

import java.util.List;
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

    /** One of several tensors that the archive holds; which one depends on where it is run from. */
    record Several() implements Value {}

    /** A list or tuple of known length. */
    record Items(List<Value> items) implements Value {}

    /** A list of tensors that is an attribute. */
    record StoredList(ModuleNode owner, String attribute) implements Value {}

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
        return isStored(a) && isStored(b) ? new Several() : COMPUTED;
    }

    private static boolean isStored(Value value) {
        return value instanceof Stored || value instanceof Several;
    }
}
