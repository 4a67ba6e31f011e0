package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A node of a traced graph, whose arguments are read as TorchScript expressions, and the script to
 * add to.
 *
 * <p>Arguments are numbered as in {@link Node#arguments()}, leaving out {@code NDManager}s.
 * Expressions are in the dialect that TorchScript modules are saved in: functions of {@code torch}
 * with their arguments in order, element types as numbers.
 */
public final class ScriptNode {

    private final Node node;
    private final List<Argument> arguments;
    private final List<ScriptNode> twins;
    private final DynamicSizes dynamic;
    private final ScriptTensors tensors;
    private final ScriptBody body;

    /**
     * Creates a node.
     *
     * @param node the node of the graph that is written
     * @param others the same node in the other traces
     */
    ScriptNode(
            Node node,
            List<Node> others,
            DynamicSizes dynamic,
            ScriptTensors tensors,
            ScriptBody body) {
        this.node = node;
        this.dynamic = dynamic;
        this.tensors = tensors;
        this.body = body;
        arguments = withoutManagers(node);
        twins =
                others.stream()
                        .map(other -> new ScriptNode(other, List.of(), dynamic, tensors, body))
                        .toList();
    }

    private static List<Argument> withoutManagers(Node node) {
        return node.arguments().stream()
                .filter(
                        a ->
                                !(a instanceof Argument.Literal literal
                                        && literal.value() instanceof NDManager))
                .toList();
    }

    /**
     * Returns the traced node.
     *
     * @return the node
     */
    public Node node() {
        return node;
    }

    /**
     * Returns the number of arguments.
     *
     * @return the number
     */
    public int size() {
        return arguments.size();
    }

    /**
     * Returns an argument.
     *
     * @param i its number
     * @return the argument
     * @throws TorchScriptException if there are fewer
     */
    public Argument argument(int i) {
        if (i >= arguments.size()) {
            throw failure(
                    "it has " + arguments.size() + " arguments, but argument " + i + " is needed");
        }
        return arguments.get(i);
    }

    /**
     * Returns whether an argument is a tensor.
     *
     * @param i its number
     * @return false if it is a literal or a list, or is not there
     */
    public boolean isTensor(int i) {
        return i < size()
                && !(argument(i) instanceof Argument.Literal)
                && !(argument(i) instanceof Argument.Sequence);
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
                && argument(i) instanceof Argument.Literal literal
                && type.isInstance(literal.value());
    }

    /**
     * Returns the expression of a tensor or a number.
     *
     * @param i the number of the argument
     * @return the expression, {@code None} for null
     * @throws TorchScriptException if it is something else, or a constant that follows the batch
     */
    public String value(int i) {
        if (argument(i) instanceof Argument.Literal literal) {
            if (literal.value() == null) {
                return "None";
            }
            if (literal.value() instanceof Number) {
                return number(i);
            }
            throw failure("argument " + i + " is " + literal + ", where a tensor is needed");
        }
        return tensor(argument(i), twins.stream().map(twin -> twin.argument(i)).toList());
    }

    private String tensor(Argument argument, List<Argument> again) {
        if (argument instanceof Argument.Constant constant) {
            boolean fixed =
                    again.stream()
                            .map(Argument.Constant.class::cast)
                            .allMatch(
                                    other ->
                                            constant.shape().equals(other.shape())
                                                    && Literals.areEqual(
                                                            constant.data(), other.data()));
            if (!fixed) {
                throw failure(
                        "a constant of it is "
                                + dynamic.seen(
                                        format(constant),
                                        again.stream().map(this::format).toList()));
            }
        }
        return located(() -> tensors.expression(argument));
    }

    private String format(Argument argument) {
        return argument instanceof Argument.Constant constant
                ? constant.shape() + " " + Literals.format(constant.data())
                : argument.toString();
    }

    /**
     * Returns the expressions of several tensors, or of one.
     *
     * @param i the number of the argument
     * @return the expressions
     */
    public List<String> values(int i) {
        if (argument(i) instanceof Argument.Sequence sequence) {
            return IntStream.range(0, sequence.elements().size())
                    .mapToObj(
                            j ->
                                    tensor(
                                            element(i, j),
                                            twins.stream().map(t -> t.element(i, j)).toList()))
                    .toList();
        }
        return List.of(value(i));
    }

    private Argument element(int i, int j) {
        return ((Argument.Sequence) argument(i)).elements().get(j);
    }

    /**
     * Returns a literal argument.
     *
     * @param i its number
     * @param type its class
     * @param <T> its class
     * @return the value
     * @throws TorchScriptException if the argument is of another class, or follows the batch size
     */
    public <T> T literal(int i, Class<T> type) {
        T value = traced(i, type);
        List<Object> again = twins.stream().map(t -> t.traced(i, Object.class)).toList();
        if (!again.stream().allMatch(other -> Literals.areEqual(value, other))) {
            throw failure(
                    "its argument "
                            + i
                            + " is "
                            + dynamic.seen(
                                    Literals.format(value),
                                    again.stream().map(Literals::format).toList()));
        }
        return value;
    }

    /** Returns a literal argument, also where it follows the batch size. */
    <T> T traced(int i, Class<T> type) {
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

    /**
     * Returns the expression of a number. A whole number may follow the batch size.
     *
     * @param i the number of the argument
     * @return the expression
     * @throws TorchScriptException if it is no number, or follows the batch size in another way
     */
    public String number(int i) {
        Number traced = traced(i, Number.class);
        List<Number> again = twins.stream().map(twin -> twin.traced(i, Number.class)).toList();
        boolean whole =
                isWhole(traced)
                        && again.stream().allMatch(ScriptNode::isWhole)
                        && again.stream().anyMatch(other -> !other.equals(traced));
        return whole
                ? size(traced.longValue(), again.stream().mapToLong(Number::longValue).toArray())
                : text(literal(i, Number.class));
    }

    private static boolean isWhole(Number number) {
        return number.doubleValue() == number.longValue();
    }

    /**
     * Returns the expression of a truth value.
     *
     * @param i the number of the argument
     * @return {@code True} or {@code False}
     */
    public String flag(int i) {
        return literal(i, Boolean.class) ? "True" : "False";
    }

    /**
     * Returns the expression of a list of sizes or axes: a {@code Shape}, {@code long[]}, {@code
     * int[]} or number. Each may follow the batch size.
     *
     * @param i the number of the argument
     * @return the expression of a list
     */
    public String integers(int i) {
        return sizes(node -> longs(node, i));
    }

    /**
     * Returns sizes or axes: a {@code Shape}, {@code long[]}, {@code int[]} or number.
     *
     * @param i the number of the argument
     * @return a copy of the values
     * @throws TorchScriptException if one follows the batch size
     */
    public long[] longs(int i) {
        literal(i, Object.class);
        return longs(this, i);
    }

    private static long[] longs(ScriptNode node, int i) {
        Object value = node.traced(i, Object.class);
        if (value instanceof Shape shape) {
            return shape.getShape().clone();
        }
        if (value instanceof long[] longs) {
            return longs.clone();
        }
        if (value instanceof int[] ints) {
            return Arrays.stream(ints).asLongStream().toArray();
        }
        return new long[] {node.traced(i, Number.class).longValue()};
    }

    /**
     * Returns an axis, counted from the front.
     *
     * @param i the number of the argument
     * @param rank the number of axes of the tensor it belongs to
     * @return the axis, at least 0
     */
    public int axis(int i, int rank) {
        return Math.floorMod(literal(i, Number.class).intValue(), Math.max(1, rank));
    }

    /**
     * Returns the shape of a tensor as it was traced.
     *
     * @param i the number of the argument
     * @return the shape
     */
    public Shape shape(int i) {
        return ScriptTensors.shape(argument(i));
    }

    /**
     * Returns the element type of a tensor.
     *
     * @param i the number of the argument
     * @return the type
     */
    public DataType dataType(int i) {
        return ScriptTensors.dataType(argument(i));
    }

    /**
     * Returns an output.
     *
     * @param i its number
     * @return the output as it was traced
     */
    public Value output(int i) {
        return node.outputs().get(i);
    }

    /**
     * Returns the expression of the first output's shape, in which the batch size is read from the
     * input when the model runs.
     *
     * @return the expression of a list
     * @throws TorchScriptException if a size follows the batch otherwise than as a multiple of it
     *     or with something added, or the number of dimensions does
     */
    public String outputShape() {
        return sizes(node -> node.output(0).shape().getShape());
    }

    /**
     * The expression of the first output's shape for a function that finds out one size itself: -1
     * stands for the first that follows no formula.
     */
    String reshapedShape() {
        long[] traced = output(0).shape().getShape();
        List<long[]> again = twins.stream().map(t -> t.output(0).shape().getShape()).toList();
        boolean alike = again.stream().allMatch(other -> other.length == traced.length);
        int free = -1;
        for (int i = 0; alike && free < 0 && i < traced.length; i++) {
            int axis = i;
            long[] others = again.stream().mapToLong(o -> o[axis]).toArray();
            free = dynamic.expression(traced[i], others).isPresent() ? -1 : i;
        }
        int found = free;
        return sizes(
                node -> {
                    long[] dims = node.output(0).shape().getShape().clone();
                    if (found >= 0) {
                        dims[found] = -1;
                    }
                    return dims;
                });
    }

    /** The sizes of all outputs along an axis. */
    String outputSizes(int axis) {
        return sizes(
                each ->
                        each.node.outputs().stream()
                                .mapToLong(output -> output.shape().get(axis))
                                .toArray());
    }

    /** The expression of a list of whole numbers that each trace has. */
    private String sizes(Function<ScriptNode, long[]> ofTrace) {
        long[] traced = ofTrace.apply(this);
        List<long[]> again = twins.stream().map(ofTrace).toList();
        if (again.stream().anyMatch(other -> other.length != traced.length)) {
            throw failure(
                    "its number of dimensions is "
                            + dynamic.seen(
                                    traced.length, again.stream().map(o -> o.length).toList()));
        }
        return IntStream.range(0, traced.length)
                .mapToObj(i -> size(traced[i], again.stream().mapToLong(o -> o[i]).toArray()))
                .collect(list());
    }

    /** The expression of a whole number that each trace has. */
    String size(ToLongFunction<ScriptNode> ofTrace) {
        return size(ofTrace.applyAsLong(this), twins.stream().mapToLong(ofTrace).toArray());
    }

    private String size(long traced, long[] again) {
        return dynamic.expression(traced, again)
                .orElseThrow(
                        () ->
                                failure(
                                        "a number of it is "
                                                + dynamic.seen(
                                                        traced,
                                                        LongStream.of(again).boxed().toList())));
    }

    /** The same operation in the other traces. */
    List<ScriptNode> twins() {
        return twins;
    }

    /** The expression of data that has the shape of the output. */
    String constant(Object data) {
        Value output = output(0);
        return located(
                () ->
                        tensors.expression(
                                new Argument.Constant(
                                        "constant" + output.id(), output.shape(), data)));
    }

    /**
     * Returns the number by which TorchScript knows an element type.
     *
     * @param type the type
     * @return the number
     */
    public String type(DataType type) {
        return located(() -> ElementTypes.number(type));
    }

    /**
     * Returns the expression of the device that the model runs on.
     *
     * @return the expression
     */
    public String device() {
        return "ops.prim.device(" + TorchScriptExporter.INPUT + "0)";
    }

    /**
     * Adds a statement, such as a call that changes a tensor in place.
     *
     * @param statement the statement, on one line
     */
    public void statement(String statement) {
        body.statement(statement);
    }

    /**
     * Assigns an expression to a new variable.
     *
     * @param expression the expression
     * @return the variable
     */
    public String variable(String expression) {
        return body.variable(expression);
    }

    /**
     * Assigns the only output.
     *
     * @param expression the expression that computes it
     */
    public void bind(String expression) {
        bind(0, expression);
    }

    /**
     * Assigns an output.
     *
     * @param i its number
     * @param expression the expression that computes it
     */
    public void bind(int i, String expression) {
        String name = "v" + output(i).id();
        body.statement(name + " = " + expression);
        tensors.bind(output(i), name);
    }

    /**
     * Assigns all outputs.
     *
     * @param expression the expression of a list or tuple of at least as many tensors
     */
    public void bindAll(String expression) {
        String all = variable(expression);
        for (int i = 0; i < node.outputs().size(); i++) {
            bind(i, all + '[' + i + ']');
        }
    }

    /**
     * Returns the expression of a call of one of PyTorch's functions.
     *
     * @param function its name, without {@code torch}
     * @param arguments the expressions of its arguments
     * @return the expression
     */
    public static String call(String function, String... arguments) {
        return "torch." + function + '(' + String.join(", ", arguments) + ')';
    }

    /**
     * Returns the expression of a list of whole numbers.
     *
     * @param numbers the numbers
     * @return the expression
     */
    public static String list(long... numbers) {
        return LongStream.of(numbers).mapToObj(Long::toString).collect(list());
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

    private interface Lookup<T> {
        T get();
    }

    private <T> T located(Lookup<T> lookup) {
        try {
            return lookup.get();
        } catch (TorchScriptException e) {
            throw new TorchScriptException(message(String.valueOf(e.getMessage())), e);
        }
    }

    /**
     * Returns an error that names the operation, its layer and its line of code.
     *
     * @param reason why the operation cannot be exported, as a clause
     * @return the error
     */
    public TorchScriptException failure(String reason) {
        return new TorchScriptException(message(reason));
    }

    private String message(String reason) {
        return "The operation "
                + node.op()
                + " at "
                + node.place()
                + " cannot be exported: "
                + reason
                + ".";
    }
}
