package io.github.djlqat.graph;

import io.github.djlqat.intercept.Site;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a graph.
 *
 * @param op the name of the {@code NDArray} or {@code NDArrayEx} method, {@link #FAKE_QUANTIZE} or
 *     {@link #ROUND}
 * @param site where in the model the operation is
 * @param arguments the arguments, with the receiver array first
 * @param outputs the values it computes
 * @param source the line of the model's code that called the operation, or null where it is not
 *     known
 */
public record Node(
        String op,
        Site site,
        List<Argument> arguments,
        List<Value> outputs,
        @Nullable StackTraceElement source) {

    /**
     * The op that rounds its first argument to the codes of a literal {@code
     * QuantizationParameters}, its second argument, and back.
     */
    public static final String FAKE_QUANTIZE = "fakeQuantize";

    /**
     * The op that rounds its first argument to the values of a literal {@code TensorFormat}, its
     * second argument, with scales taken from the first.
     */
    public static final String ROUND = "roundToFormat";

    /**
     * The op whose result is its first argument with some elements replaced: those at a literal
     * {@code NDIndex} or under a boolean mask, its second argument, by its third argument, a number
     * or a tensor that is broadcast to them. It stands for what a model writes into an array or
     * into a view of one.
     */
    public static final String SET = "set";

    /**
     * Copies the lists.
     *
     * @param op the name of the {@code NDArray} or {@code NDArrayEx} method, {@link #FAKE_QUANTIZE}
     *     or {@link #ROUND}
     * @param site where in the model the operation is
     * @param arguments the arguments, with the receiver array first
     * @param outputs the values it computes
     * @param source the line of the model's code that called the operation, or null where it is not
     *     known
     */
    public Node {
        arguments = List.copyOf(arguments);
        outputs = List.copyOf(outputs);
    }

    /**
     * An operation that no line of the model's code stands for.
     *
     * @param op the op
     * @param site where in the model the operation is
     * @param arguments the arguments
     * @param outputs the values it computes
     */
    public Node(String op, Site site, List<Argument> arguments, List<Value> outputs) {
        this(op, site, arguments, outputs, null);
    }

    /**
     * Returns the same operation with other arguments.
     *
     * @param changed the arguments
     * @return the node
     */
    public Node withArguments(List<Argument> changed) {
        return new Node(op, site, changed, outputs, source);
    }

    /**
     * Names the operation for an error.
     *
     * @return the site, and the line of the model's code where it is known
     */
    public String place() {
        return source == null ? site.toString() : site + " at " + CallingCode.format(source);
    }
}
