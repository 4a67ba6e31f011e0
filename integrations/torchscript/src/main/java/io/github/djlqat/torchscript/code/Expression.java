package io.github.djlqat.torchscript.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of TorchScript's source, with its place. */
public sealed interface Expression {

    /**
     * Returns the place of the expression, without parentheses around it.
     *
     * @return the place
     */
    Span span();

    /**
     * A name.
     *
     * @param name the name
     * @param span the place
     */
    record Name(String name, Span span) implements Expression {}

    /**
     * A member such as {@code self.weight}.
     *
     * @param owner what it is a member of
     * @param name the member's name
     * @param span the place
     */
    record Member(Expression owner, String name, Span span) implements Expression {}

    /**
     * A call.
     *
     * @param function what is called
     * @param arguments the arguments in their order
     * @param span the place
     */
    record Call(Expression function, List<Argument> arguments, Span span) implements Expression {
        /**
         * Copies the arguments.
         *
         * @param function what is called
         * @param arguments the arguments in their order
         * @param span the place
         */
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * An argument of a call.
     *
     * @param keyword its keyword, or null for one that is known by its position
     * @param value its value
     */
    record Argument(@Nullable String keyword, Expression value) {}

    /**
     * An element such as {@code sizes[0]}.
     *
     * @param owner what it is an element of
     * @param index its index
     * @param span the place
     */
    record Element(Expression owner, Expression index, Span span) implements Expression {}

    /**
     * A list or tuple.
     *
     * @param list whether it is a list
     * @param items the items
     * @param span the place
     */
    record Sequence(boolean list, List<Expression> items, Span span) implements Expression {
        /**
         * Copies the items.
         *
         * @param list whether it is a list
         * @param items the items
         * @param span the place
         */
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * A number or a string.
     *
     * @param text the number or string as it is written
     * @param span the place
     */
    record Literal(String text, Span span) implements Expression {}

    /**
     * Anything else that is made of expressions: arithmetic, comparisons, dictionaries, slices.
     *
     * @param form how they are put together: a sign before a single part or one between two parts,
     *     {@code ()} for parentheses, {@code if} for a value, a condition and the other value,
     *     {@code {}} for keys each followed by its value; other forms are {@link #OTHER}
     * @param parts the expressions
     * @param span the place
     */
    record Compound(String form, List<Expression> parts, Span span) implements Expression {
        /** Slices, comprehensions, and operators of more than two operands. */
        public static final String OTHER = "";

        /**
         * Copies the parts.
         *
         * @param form how they are put together: a sign before a single part or one between two
         *     parts, {@code ()} for parentheses, {@code if} for a value, a condition and the other
         *     value, {@code {}} for keys each followed by its value; other forms are {@link #OTHER}
         * @param parts the expressions
         * @param span the place
         */
        public Compound {
            parts = List.copyOf(parts);
        }
    }
}
