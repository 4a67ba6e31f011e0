package io.github.djlqat.torchscript.pickle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container while its pickle is read, which can still be filled after something refers to it. Its
 * parts are nodes, {@link PickleValue}s without parts, and {@link Global}s.
 */
sealed interface Node {

    /** A tuple, which is complete from the start. */
    record Tuple(List<Object> items) implements Node {
        // By identity: comparing the items could take exponential time.
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** A list. */
    final class Sequence implements Node {
        private final List<Object> items = new ArrayList<>();

        List<Object> items() {
            return items;
        }
    }

    /** A dict, as keys and values in turn. */
    final class Dictionary implements Node {
        private final List<Object> items = new ArrayList<>();

        List<Object> items() {
            return items;
        }
    }

    /** An instance of a class. */
    final class Instance implements Node {
        private final String className;
        private @Nullable Object state;

        Instance(String className) {
            this.className = className;
        }

        String className() {
            return className;
        }

        @Nullable Object state() {
            return state;
        }

        void setState(Object state) {
            if (this.state != null) {
                throw new PickleProblem(
                        "an instance of " + Text.quote(className) + " gets its state twice");
            }
            this.state = state;
        }
    }

    /** A call of a function with its argument, a tuple but for enums. */
    final class Call implements Node {
        private final String function;
        private final Object argument;

        Call(String function, Object argument) {
            this.function = function;
            this.argument = argument;
        }

        String function() {
            return function;
        }

        Object argument() {
            return argument;
        }
    }
}
