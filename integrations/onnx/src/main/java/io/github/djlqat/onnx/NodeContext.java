package io.github.djlqat.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Literals;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.NodeArguments;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.QuantizationParameters;
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
    private final TracedArguments arguments;

    NodeContext(ExportState state, Node node, int index) {
        this(state, node, index, state.scaling().twins(index));
    }

    private NodeContext(ExportState state, Node node, int index, List<Node> twins) {
        this.state = state;
        this.node = node;
        this.index = index;
        arguments =
                new TracedArguments(
                        read(node),
                        twins.stream().map(this::read).toList(),
                        state.scaling(),
                        this::failure);
    }

    private NodeArguments read(Node of) {
        return new NodeArguments(of, this::failure);
    }

    /** Returns this node with the literals of the trace, also where these follow the batch. */
    NodeContext traced() {
        return new NodeContext(state, node, index, List.of());
    }

    /** Returns this node with the literals of each of the other traces. */
    List<NodeContext> tracedAgain() {
        return state.scaling().twins(index).stream()
                .map(twin -> new NodeContext(state, twin, index, List.of()))
                .toList();
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
        return arguments.first().size();
    }

    /**
     * Returns an argument.
     *
     * @param i its number
     * @return the argument
     */
    public Argument argument(int i) {
        return arguments.first().get(i);
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
        return checked(argument, arguments.others(i));
    }

    /** Returns a tensor, if it is a constant, after holding it to those of the other traces. */
    private Operand checked(Argument argument, List<Argument> twins) {
        Operand operand = state.operand(argument);
        if (!(argument instanceof Argument.Constant constant)
                || twins.stream().allMatch(twin -> twin == constant)) {
            return operand;
        }
        List<Argument.Constant> others =
                twins.stream().map(twin -> (Argument.Constant) twin).toList();
        List<Shape> shapes = others.stream().map(Argument.Constant::shape).toList();
        boolean same =
                shapes.stream().allMatch(constant.shape()::equals)
                        ? others.stream()
                                .allMatch(o -> Literals.areEqual(constant.data(), o.data()))
                        : state.markRepeated(
                                operand,
                                others.stream()
                                        .map(o -> new ConstantTensor(o.shape(), o.data()))
                                        .toList(),
                                state.scaling().extents(node.place(), constant.shape(), shapes));
        if (!same) {
            List<String> seen = others.stream().map(NodeContext::format).toList();
            throw failure(
                    "a constant of it is "
                            + state.scaling().seen(format(constant), seen)
                            + ", and no operation of the model was seen that computes it");
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
        return arguments.first().isTensor(i);
    }

    /**
     * Returns whether an argument is a null literal.
     *
     * @param i its number
     * @return true if it is null
     */
    public boolean isNull(int i) {
        return arguments.first().isNull(i);
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
        return arguments.literal(i, type);
    }

    /**
     * Returns a whole number that the traces hold, which may follow dynamic sizes.
     *
     * @throws OnnxExportException if the numbers fit neither a constant, a multiple of sizes, nor a
     *     size with something added
     */
    Extent extent(int i, long traced, long... others) {
        return arguments.extent(i, traced, others);
    }

    /** Returns whole numbers as in {@link #integers(int)}, which may follow the batch size. */
    List<Extent> extents(int i) {
        return arguments.extents(i);
    }

    /** Adds a tensor of whole numbers that may follow dynamic sizes. */
    String tensor(List<Extent> extents) {
        return state.extentTensor(site(), extents);
    }

    /**
     * Returns a number as a scalar tensor; a whole number may follow the batch size.
     *
     * @throws OnnxExportException if another number follows the batch size
     */
    Operand number(int i, DataType type) {
        Extent scaled = arguments.scaledNumber(i);
        if (scaled == null) {
            return scalar(literal(i, Number.class), type);
        }
        String squeezed = add("Squeeze", tensor(List.of(scaled)), constant(0));
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
        return arguments.first().isLiteral(i, type);
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
        literal(i, Object.class);
        return arguments.first().integers(i);
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

    /** Returns what is known of the dimensions of this node's tensors. */
    NodeDimensions sizes() {
        return new NodeDimensions(state.scaling(), node, index, arguments.first());
    }

    /** Returns the traced shape of a tensor argument. */
    Shape shape(int i) {
        return argument(i) instanceof Argument.ValueReference reference
                ? reference.value().shape()
                : state.operand(argument(i)).shape();
    }

    /** Returns the tensors of a list argument. */
    List<Operand> operands(int i) {
        return allTraced(i).stream().map(state::atRunTime).toList();
    }

    /** Returns the tensors of a list argument, of constants in their traced shapes. */
    List<Operand> allTraced(int i) {
        if (argument(i) instanceof Argument.Sequence sequence) {
            return IntStream.range(0, sequence.elements().size())
                    .mapToObj(
                            j -> checked(sequence.elements().get(j), arguments.otherElements(i, j)))
                    .toList();
        }
        return List.of(traced(i));
    }

    /** Returns the per-tensor quantization of a tensor that was just dequantized, or null. */
    @Nullable QuantizationParameters quantization(Operand operand) {
        OnnxGraphBuilder.Dequantized known = state.builder().dequantized(operand.name());
        return known == null ? null : known.parameters();
    }
}
