package io.github.djlqat.onnx;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One node of the traced graph with its arguments, and the ONNX graph to add to.
 *
 * <p>Arguments are numbered as in {@link Node#arguments()}, leaving out {@code NDManager}s.
 */
public final class NodeContext {

    private final ExportState state;
    private final Node node;
    private final int index;
    private final List<Argument> arguments;
    private final List<Argument> again;

    NodeContext(ExportState state, Node node, int index) {
        this(state, node, index, state.scaling().twin(index));
    }

    private NodeContext(ExportState state, Node node, int index, @Nullable Node twin) {
        this.state = state;
        this.node = node;
        this.index = index;
        arguments = withoutManagers(node);
        again = twin == null ? arguments : withoutManagers(twin);
    }

    private static List<Argument> withoutManagers(Node node) {
        return node.arguments().stream()
                .filter(
                        a ->
                                !(a instanceof Argument.Literal literal
                                        && literal.value() instanceof NDManager))
                .toList();
    }

    /** Returns this node with the literals of the trace, also where these follow the batch. */
    NodeContext traced() {
        return new NodeContext(state, node, index, null);
    }

    /** Returns this node with the literals of the other trace, if there is one. */
    NodeContext tracedAgain() {
        Node twin = state.scaling().twin(index);
        return new NodeContext(state, twin == null ? node : twin, index, null);
    }

    /**
     * Returns the traced node.
     *
     * @return the traced node
     */
    public Node node() {
        return node;
    }

    /**
     * Returns the name of the site, which names the ONNX nodes.
     *
     * @return the name
     */
    public String site() {
        return node.site().name();
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
     */
    public Argument argument(int i) {
        if (i >= arguments.size()) {
            throw failure(
                    "it has " + arguments.size() + " arguments, but argument " + i + " is needed");
        }
        return arguments.get(i);
    }

    /**
     * Returns a tensor argument.
     *
     * @param i its number
     * @return the tensor; of a quantized constant, its dequantized values
     */
    public Operand operand(int i) {
        return state.atRunTime(traced(i));
    }

    /**
     * Returns a tensor argument, of a constant in the shape that it has at the traced batch size.
     */
    Operand traced(int i) {
        Argument argument = argument(i);
        if (argument instanceof Argument.Literal || argument instanceof Argument.Sequence) {
            throw failure("argument " + i + " is " + argument + ", where a tensor is needed");
        }
        return checked(argument, again.get(i));
    }

    /** Returns a tensor, if it is a constant, after holding it to the one of the other trace. */
    private Operand checked(Argument argument, Argument twin) {
        Operand operand = state.operand(argument);
        if (argument instanceof Argument.Constant constant
                && twin instanceof Argument.Constant other
                && constant != other) {
            boolean same =
                    constant.shape().equals(other.shape())
                            ? Literals.areEqual(constant.data(), other.data())
                            : state.markRepeated(
                                    operand,
                                    new ConstantTensor(other.shape(), other.data()),
                                    state.scaling()
                                            .factors(
                                                    node.place(), constant.shape(), other.shape()));
            if (!same) {
                throw failure(
                        "a constant of it is "
                                + state.scaling().seen(format(constant), format(other))
                                + ", and no operation of the model was seen that computes it");
            }
        }
        return operand;
    }

    private static String format(Argument.Constant constant) {
        return constant.shape() + " " + Literals.format(constant.data());
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
     * Returns whether an argument is a null literal.
     *
     * @param i its number
     * @return true if it is null
     */
    public boolean isNull(int i) {
        return argument(i) instanceof Argument.Literal literal && literal.value() == null;
    }

    /**
     * Returns a literal argument.
     *
     * @param i its number
     * @param type its class
     * @param <T> its class
     * @return the value
     * @throws OnnxExportException if the argument is of another class, or follows the batch size
     */
    public <T> T literal(int i, Class<T> type) {
        if (argument(i) instanceof Argument.Literal literal && type.isInstance(literal.value())) {
            requireSame(i, literal.value());
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

    private void requireSame(int i, @Nullable Object value) {
        Object other = ((Argument.Literal) again.get(i)).value();
        if (!Literals.areEqual(value, other)) {
            throw failure(
                    "its argument "
                            + i
                            + " is "
                            + state.scaling().seen(Literals.format(value), Literals.format(other))
                            + ", which cannot follow the batch. Export the model with optDynamicBatch(false)");
        }
    }

    /**
     * Returns a whole number that two traces hold, which may follow the batch size.
     *
     * @throws OnnxExportException if the numbers fit neither a constant, a multiple of the batch
     *     size, nor the batch size with something added
     */
    Extent extent(int i, long traced, long other) {
        return state.scaling()
                .extent(traced, other)
                .orElseThrow(
                        () ->
                                failure(
                                        "its argument "
                                                + i
                                                + " holds "
                                                + state.scaling()
                                                        .seen(
                                                                String.valueOf(traced),
                                                                String.valueOf(other))
                                                + ", which is neither proportional to it nor differs from it by a constant."
                                                + " Export the model with optDynamicBatch(false)"));
    }

    /** Returns whole numbers as in {@link #integers(int)}, which may follow the batch size. */
    List<Extent> extents(int i) {
        long[] traced = traced().integers(i);
        long[] other = tracedAgain().integers(i);
        if (traced.length != other.length) {
            requireSame(i, traced().literal(i, Object.class));
        }
        List<Extent> extents = new ArrayList<>();
        for (int j = 0; j < traced.length; j++) {
            extents.add(extent(i, traced[j], other[j]));
        }
        return extents;
    }

    /** Adds a tensor of whole numbers that may follow the batch size. */
    String tensor(List<Extent> extents) {
        return state.extentTensor(site(), extents);
    }

    /**
     * Returns a number as a scalar tensor; a whole number may follow the batch size.
     *
     * @throws OnnxExportException if another number follows the batch size
     */
    Operand number(int i, DataType type) {
        Number traced = traced().literal(i, Number.class);
        Number other = tracedAgain().literal(i, Number.class);
        if (traced.equals(other)
                || traced.doubleValue() != traced.longValue()
                || other.doubleValue() != other.longValue()) {
            return scalar(literal(i, Number.class), type);
        }
        String whole = tensor(List.of(extent(i, traced.longValue(), other.longValue())));
        String squeezed = add("Squeeze", whole, constant(0));
        return cast(new Operand(squeezed, new Shape(), DataType.INT64), type);
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
     * Returns an argument that is a whole number.
     *
     * @param i its number
     * @return the value
     */
    public int integer(int i) {
        return literal(i, Number.class).intValue();
    }

    /**
     * Returns an argument that holds sizes or axes: a {@code Shape}, {@code long[]}, {@code int[]}
     * or number.
     *
     * @param i its number
     * @return a copy of the values
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
            long[] longs = new long[ints.length];
            for (int j = 0; j < ints.length; j++) {
                longs[j] = ints[j];
            }
            return longs;
        }
        return new long[] {literal(i, Number.class).longValue()};
    }

    /**
     * Returns a computed or traced value of this node.
     *
     * @param i the number of the output
     * @return the traced value
     */
    public Value output(int i) {
        return node.outputs().get(i);
    }

    /**
     * Adds an ONNX node with one output, named after the site.
     *
     * @param opType its type
     * @param attributes its attributes
     * @param inputs the names of its inputs, empty for one that is left out
     * @return the name of its output
     */
    public String add(String opType, Attributes attributes, String... inputs) {
        String name = opType.equalsIgnoreCase(site()) ? site() : site() + "/" + opType;
        return state.builder().node(opType, name, attributes, inputs);
    }

    /**
     * Adds an ONNX node without attributes.
     *
     * @param opType its type
     * @param inputs the names of its inputs
     * @return the name of its output
     */
    public String add(String opType, String... inputs) {
        return add(opType, new Attributes(), inputs);
    }

    /**
     * Adds a tensor of whole numbers, for inputs that hold axes or shapes.
     *
     * @param values the values
     * @return its name
     */
    public String constant(long... values) {
        return state.builder().constant("constant", values, values.length);
    }

    /**
     * Adds a scalar.
     *
     * @param value its value
     * @param type its element type
     * @return the scalar
     */
    public Operand scalar(Number value, DataType type) {
        return state.scalar(value, type);
    }

    /**
     * Converts a tensor to another element type, if it has not got it.
     *
     * @param operand the tensor
     * @param type the element type
     * @return the converted tensor
     */
    public Operand cast(Operand operand, DataType type) {
        if (operand.dataType() == type) {
            return operand;
        }
        ConstantTensor constant = state.constantOf(operand);
        if (constant != null && operand.rank() == 0 && constant.data() instanceof float[] value) {
            return scalar(value[0], type);
        }
        Attributes attributes = new Attributes().integer("to", Tensors.type(type));
        return operand.typed(add("Cast", attributes, state.atRunTime(operand).name()), type);
    }

    /**
     * Says which ONNX tensor an output is.
     *
     * @param i the number of the output
     * @param name the ONNX tensor
     */
    public void bind(int i, String name) {
        state.bind(output(i), new Operand(name, output(i).shape(), output(i).dataType()));
    }

    /**
     * Says which ONNX tensor an output is that holds only elements of a tensor that may have been
     * dequantized; it is quantized and dequantized again with the same parameters, so that a
     * runtime can stay in integers.
     *
     * @param i the number of the output
     * @param name the ONNX tensor
     * @param source the tensor whose elements it holds
     */
    public void bindSelection(int i, String name, Operand source) {
        OnnxGraphBuilder.Dequantized known = state.builder().dequantized(source.name());
        if (known == null
                || known.parameters().scales().length > 1
                || state.isOnlyFakeQuantized(output(i))) {
            bind(i, name);
        } else {
            bind(
                    i,
                    ActivationQuantizer.requantize(
                            state.builder(), site(), name, known.parameters()));
        }
    }

    /**
     * Says that an output is an input.
     *
     * @param i the number of the output
     * @param operand the tensor
     */
    public void alias(int i, Operand operand) {
        state.bind(output(i), operand);
    }

    /**
     * Returns an exception that names this node.
     *
     * @param reason what is wrong, as a clause
     * @return the exception to throw
     */
    public OnnxExportException failure(String reason) {
        return new OnnxExportException(
                "The operation "
                        + node.op()
                        + " at "
                        + node.place()
                        + " cannot be exported: "
                        + reason
                        + ".");
    }

    ExportState state() {
        return state;
    }

    OnnxGraphBuilder builder() {
        return state.builder();
    }

    /** Returns the batch factors of an output's dimensions. */
    long[] factors(int output) {
        return state.scaling().valueFactors(index, output);
    }

    /** Returns the tensors of a list argument. */
    List<Operand> operands(int i) {
        return allTraced(i).stream().map(state::atRunTime).toList();
    }

    /** Returns the tensors of a list argument, of constants in their traced shapes. */
    List<Operand> allTraced(int i) {
        if (argument(i) instanceof Argument.Sequence sequence) {
            List<Argument> others =
                    again.get(i) instanceof Argument.Sequence twin
                            ? twin.elements()
                            : sequence.elements();
            return IntStream.range(0, sequence.elements().size())
                    .mapToObj(j -> checked(sequence.elements().get(j), others.get(j)))
                    .toList();
        }
        return List.of(traced(i));
    }

    /** Returns the per-tensor quantization of a tensor that was just dequantized, or null. */
    @Nullable QuantizationParameters quantization(Operand operand) {
        OnnxGraphBuilder.Dequantized known = state.builder().dequantized(operand.name());
        return known == null ? null : known.parameters();
    }

    /**
     * Returns a constant whose leading dimension is the traced batch size cut down to one sample.
     */
    Operand withoutBatch(Operand operand, boolean expand) {
        ConstantTensor constant = state.constantOf(operand);
        long batch = state.scaling().batch();
        if (constant == null
                || !state.scaling().dynamic()
                || operand.rank() == 0
                || operand.rank() < output(0).shape().dimension()
                || constant.shape().get(0) != batch
                || factors(0)[0] != 1) {
            return state.atRunTime(operand);
        }
        if (!constant.isUniformAlongFirst()) {
            throw failure(
                    "the constant "
                            + operand.name()
                            + " of shape "
                            + operand.shape()
                            + " differs from sample to sample of the batch. Export with optDynamicBatch(false)");
        }
        Operand first =
                batch == 1 ? operand : state.constant(operand.name() + "_sample", constant.first());
        if (!expand) {
            return first;
        }
        long[] ones = new long[operand.rank()];
        Arrays.fill(ones, 1);
        long[] factors = new long[operand.rank()];
        factors[0] = 1;
        String shape = state.shapeTensor(site(), ones, factors);
        return new Operand(add("Expand", first.name(), shape), operand.shape(), operand.dataType());
    }
}
