package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.function.Supplier;

/** Something in a recipe's text is not legal; where it stands is known, its line not yet. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient JsonPointer pointer;
    private final String problem;

    /**
     * Creates a refusal.
     *
     * @param pointer the place in the document
     * @param problem the offending value and what would be legal
     */
    Refusal(JsonPointer pointer, String problem) {
        super(problem);
        this.pointer = pointer;
        this.problem = problem;
    }

    JsonPointer pointer() {
        return pointer;
    }

    String problem() {
        return problem;
    }

    /**
     * Makes a value, and turns the refusal of its parts into one that knows its place.
     *
     * @param pointer the place of the part that would be to blame
     * @param value makes the value
     * @param <T> the type of the value
     * @return the value
     */
    static <T> T at(JsonPointer pointer, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new Refusal(pointer, String.valueOf(e.getMessage()));
        }
    }
}
