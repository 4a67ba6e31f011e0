package io.github.djlqat.graph;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The arguments of a node as what writes it in another language reads them: numbered as in {@link
 * Node#arguments()}, leaving out {@code NDManager}s.
 *
 * <p>What is not there, or of another class than is needed, is an error of the reader's own kind.
 */
public final class NodeArguments {

    private final List<Argument> arguments;
    private final Function<String, ? extends RuntimeException> failure;

    /**
     * Reads a node.
     *
     * @param node the node
     * @param failure makes the exception to throw of a reason, which is a clause
     */
    public NodeArguments(Node node, Function<String, ? extends RuntimeException> failure) {
        this.failure = failure;
        arguments = node.arguments().stream().filter(a -> !isManager(a)).toList();
    }

    private static boolean isManager(Argument argument) {
        return argument instanceof Argument.Literal literal && literal.value() instanceof NDManager;
    }

    /**
     * Returns the number of arguments.
     *
     * @return the number of arguments
     */
    public int size() {
        return arguments.size();
    }

    /**
     * Returns an argument.
     *
     * @param i its number
     * @return the argument
     * @throws RuntimeException of the reader's kind, if there are fewer
     */
    public Argument get(int i) {
        if (i >= arguments.size()) {
            throw failure.apply(
                    "it has " + arguments.size() + " arguments, but argument " + i + " is needed");
        }
        return arguments.get(i);
    }

    /**
     * Returns an element of a list argument.
     *
     * @param i the number of the argument
     * @param j the number of the element
     * @return the element
     */
    public Argument element(int i, int j) {
        return ((Argument.Sequence) get(i)).elements().get(j);
    }

    /**
     * Returns whether an argument is a tensor.
     *
     * @param i its number
     * @return false if it is a literal or a list, or is not there
     */
    public boolean isTensor(int i) {
        return i < size()
                && !(get(i) instanceof Argument.Literal)
                && !(get(i) instanceof Argument.Sequence);
    }

    /**
     * Returns whether an argument is a null literal.
     *
     * @param i its number
     * @return true if it is null
     * @throws RuntimeException of the reader's kind, if there are fewer arguments
     */
    public boolean isNull(int i) {
        return get(i) instanceof Argument.Literal literal && literal.value() == null;
    }

    /**
     * Returns whether an argument is a literal of a class.
     *
     * @param i its number
     * @param type the class
     * @return false also if the argument is not there
     */
    public boolean isLiteral(int i, Class<?> type) {
        return i < size()
                && get(i) instanceof Argument.Literal literal
                && type.isInstance(literal.value());
    }

    /**
     * Returns a literal argument.
     *
     * @param i its number
     * @param type its class
     * @param <T> its class
     * @return the value
     * @throws RuntimeException of the reader's kind, if the argument is of another class
     */
    public <T> T literal(int i, Class<T> type) {
        if (get(i) instanceof Argument.Literal literal && type.isInstance(literal.value())) {
            return type.cast(literal.value());
        }
        throw failure.apply(
                "argument "
                        + i
                        + " is "
                        + get(i)
                        + ", where a "
                        + type.getSimpleName()
                        + " is needed");
    }

    /**
     * Returns an argument that holds sizes or axes: a {@code Shape}, {@code long[]}, {@code int[]}
     * or number.
     *
     * @param i its number
     * @return a copy of the values
     * @throws RuntimeException of the reader's kind, if the argument is something else
     */
    public long[] integers(int i) {
        Object value = literal(i, Object.class);
        if (value instanceof Shape shape) {
            return shape.getShape().clone();
        }
        if (value instanceof long[] longs) {
            return longs.clone();
        }
        if (value instanceof int[] ints) {
            return Arrays.stream(ints).asLongStream().toArray();
        }
        return new long[] {literal(i, Number.class).longValue()};
    }
}
