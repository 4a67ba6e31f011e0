package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.torchscript.TorchScriptException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A node of a traced graph, whose arguments are read as TorchScript expressions. */
final class ScriptNode {

    private final Node node;
    private final Node twin;
    private final List<Argument> arguments;
    private final BatchSizes batches;
    private final ScriptTensors tensors;

    ScriptNode(Node node, Node twin, BatchSizes batches, ScriptTensors tensors) {
        this.node = node;
        this.twin = twin;
        this.batches = batches;
        this.tensors = tensors;
        arguments = withoutManagers(node);
    }

    private static List<Argument> withoutManagers(Node node) {
        return node.arguments().stream()
                .filter(
                        a ->
                                !(a instanceof Argument.Literal literal
                                        && literal.value() instanceof NDManager))
                .toList();
    }

    String op() {
        return node.op();
    }

    int size() {
        return arguments.size();
    }

    Argument argument(int i) {
        if (i >= arguments.size()) {
            throw failure("it has no argument " + i);
        }
        return arguments.get(i);
    }

    /** The expression of a tensor or a number, None for null. */
    String value(int i) {
        if (argument(i) instanceof Argument.Literal literal) {
            if (literal.value() == null) {
                return "None";
            }
            if (literal.value() instanceof Number number) {
                return text(number);
            }
            throw failure("argument " + i + " is " + literal + ", where a tensor is needed");
        }
        try {
            return tensors.expression(argument(i));
        } catch (TorchScriptException e) {
            throw failure(String.valueOf(e.getMessage()));
        }
    }

    /** The expressions of several tensors, or of one. */
    List<String> values(int i) {
        if (argument(i) instanceof Argument.Sequence sequence) {
            return sequence.elements().stream().map(tensors::expression).toList();
        }
        return List.of(value(i));
    }

    <T> T literal(int i, Class<T> type) {
        if (argument(i) instanceof Argument.Literal literal && type.isInstance(literal.value())) {
            return type.cast(literal.value());
        }
        throw failure(
                "argument "
                        + i
                        + " is "
                        + argument(i)
                        + ", where a "
                        + type.getSimpleName()
                        + " is needed");
    }

    boolean isLiteral(int i, Class<?> type) {
        return i < size()
                && argument(i) instanceof Argument.Literal literal
                && type.isInstance(literal.value());
    }

    String number(int i) {
        return text(literal(i, Number.class));
    }

    String flag(int i) {
        return literal(i, Boolean.class) ? "True" : "False";
    }

    String integers(int i) {
        return Arrays.stream(longs(i)).mapToObj(Long::toString).collect(list());
    }

    long[] longs(int i) {
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

    /** The output's shape, in which the batch size is read from the input when the model runs. */
    String outputShape() {
        long[] dims = shape().getShape();
        long[] others = twin.outputs().get(0).shape().getShape();
        if (dims.length != others.length) {
            throw failure("its number of dimensions depends on the batch size");
        }
        String[] sizes = new String[dims.length];
        for (int i = 0; i < dims.length; i++) {
            sizes[i] = batches.expression(dims[i], others[i]);
        }
        return Arrays.stream(sizes).collect(list());
    }

    Shape shape() {
        return node.outputs().get(0).shape();
    }

    DataType dataType() {
        return node.outputs().get(0).dataType();
    }

    int outputs() {
        return node.outputs().size();
    }

    /** The same operation in the other trace. */
    ScriptNode twin() {
        return new ScriptNode(twin, node, batches, tensors);
    }

    /** The expression of a size that may follow the batch size. */
    String size(long size, long other) {
        return batches.expression(size, other);
    }

    /** The expression of data that has the shape of the output. */
    String constant(Object data) {
        Value output = node.outputs().get(0);
        try {
            return tensors.expression(
                    new Argument.Constant("constant" + output.id(), output.shape(), data));
        } catch (TorchScriptException e) {
            throw failure(String.valueOf(e.getMessage()));
        }
    }

    boolean isTensor(int i) {
        return i < size() && !(argument(i) instanceof Argument.Literal);
    }

    /** The sizes of all outputs along an axis. */
    String outputSizes(int axis) {
        return IntStream.range(0, outputs())
                .mapToObj(
                        i ->
                                batches.expression(
                                        node.outputs().get(i).shape().get(axis),
                                        twin.outputs().get(i).shape().get(axis)))
                .collect(list());
    }

    /** The shape of a traced tensor. */
    Shape shape(int i) {
        return ScriptTensors.shape(argument(i));
    }

    /**
     * Refuses a number that follows the batch size.
     *
     * @throws TorchScriptException if a literal differs between the traces
     */
    void requireFixedLiterals() {
        List<Argument> others = withoutManagers(twin);
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i) instanceof Argument.Literal literal
                    && others.get(i) instanceof Argument.Literal other
                    && !Arrays.deepEquals(
                            new Object[] {literal.value()}, new Object[] {other.value()})
                    && (literal.value() instanceof Number
                            || literal.value() instanceof Shape
                            || literal.value() instanceof long[]
                            || literal.value() instanceof int[])) {
                throw failure("argument " + i + " depends on the batch size");
            }
        }
    }

    TorchScriptException failure(String reason) {
        return new TorchScriptException(
                "The operation "
                        + node.op()
                        + " at "
                        + node.site()
                        + " cannot be exported: "
                        + reason
                        + ".");
    }

    static String text(Number number) {
        if (number instanceof Float || number instanceof Double) {
            double value = number.doubleValue();
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                return "float(\""
                        + (Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf")
                        + "\")";
            }
            return Double.toString(value).replace('E', 'e');
        }
        return Long.toString(number.longValue());
    }

    static Collector<CharSequence, ?, String> list() {
        return Collectors.joining(", ", "[", "]");
    }
}
