package io.github.djlqat.torchscript.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a function's body. */
public sealed interface Statement {

    /**
     * An assignment.
     *
     * @param targets what is assigned to; several take a tuple apart, as a sequence of one does
     * @param value the value
     */
    record Assignment(List<Expression> targets, Expression value) implements Statement {
        /**
         * Copies the targets.
         *
         * @param targets what is assigned to; several take a tuple apart, as a sequence of one does
         * @param value the value
         */
        public Assignment {
            targets = List.copyOf(targets);
        }
    }

    /**
     * An expression that is evaluated for its effect.
     *
     * @param value the expression
     */
    record Evaluation(Expression value) implements Statement {}

    /**
     * An {@code if} with its {@code else}.
     *
     * @param condition the condition
     * @param then what is done if it holds
     * @param otherwise what is done if it does not
     */
    record Branch(Expression condition, List<Statement> then, List<Statement> otherwise)
            implements Statement {
        /**
         * Copies the statements.
         *
         * @param condition the condition
         * @param then what is done if it holds
         * @param otherwise what is done if it does not
         */
        public Branch {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /**
     * A {@code for} or {@code while} loop.
     *
     * @param targets what each turn assigns to; none in a {@code while}
     * @param control what is iterated over, or the condition
     * @param body what is done in each turn
     */
    record Loop(List<Expression> targets, Expression control, List<Statement> body)
            implements Statement {
        /**
         * Copies the lists.
         *
         * @param targets what each turn assigns to; none in a {@code while}
         * @param control what is iterated over, or the condition
         * @param body what is done in each turn
         */
        public Loop {
            targets = List.copyOf(targets);
            body = List.copyOf(body);
        }
    }

    /**
     * A {@code with} statement.
     *
     * @param context the context, and the target it is bound to if there is one
     * @param body what is done in the context
     */
    record Context(List<Expression> context, List<Statement> body) implements Statement {
        /**
         * Copies the lists.
         *
         * @param context the context, and the target it is bound to if there is one
         * @param body what is done in the context
         */
        public Context {
            context = List.copyOf(context);
            body = List.copyOf(body);
        }
    }

    /**
     * A {@code return}.
     *
     * @param value what is returned, or null for nothing
     */
    record Return(@Nullable Expression value) implements Statement {}

    /** A statement without an effect on values, such as {@code pass}. */
    record Pass() implements Statement {}

    /** A {@code break} or {@code continue}. */
    record Jump() implements Statement {}

    /**
     * A function inside a function.
     *
     * @param function the function
     */
    record Nested(FunctionDefinition function) implements Statement {}
}
