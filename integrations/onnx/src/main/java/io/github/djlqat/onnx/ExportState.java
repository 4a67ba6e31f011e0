package io.github.djlqat.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one export knows: the graph it reads, the ONNX graph it builds, and which value became which
 * tensor.
 */
final class ExportState {

    private final Graph graph;
    private final OnnxGraphBuilder builder;
    private final SizeScaling scaling;
    private final WeightConverter weights;
    private final WeightOnlyForm weightOnly;
    private final Map<Integer, Operand> values = new HashMap<>();
    private final Map<String, Operand> tensors = new HashMap<>();
    private final Map<String, ConstantTensor> constants = new HashMap<>();
    private final Map<String, Uniform> uniforms = new HashMap<>();
    private final Map<String, Operand> expanded = new HashMap<>();
    private final Map<Integer, Integer> fakeQuantizeUses = new HashMap<>();
    private final Map<Integer, Integer> uses = new HashMap<>();
    private final Map<Integer, String> sizes = new HashMap<>();
    private final Map<Extent, String> lengths = new HashMap<>();

    /** A constant of one value whose dimensions follow dynamic sizes. */
    private record Uniform(Operand element, List<Extent> extents) {}

    ExportState(
            Graph graph,
            OnnxGraphBuilder builder,
            SizeScaling scaling,
            WeightConverter weights,
            WeightOnlyForm weightOnly) {
        this.graph = graph;
        this.builder = builder;
        this.scaling = scaling;
        this.weights = weights;
        this.weightOnly = weightOnly;
        for (Node node : graph.nodes()) {
            boolean fakeQuantize = node.op().equals(Node.FAKE_QUANTIZE);
            node.arguments().stream()
                    .flatMap(ExportState::tensors)
                    .forEach(
                            id -> {
                                uses.merge(id, 1, Integer::sum);
                                if (fakeQuantize) {
                                    fakeQuantizeUses.merge(id, 1, Integer::sum);
                                }
                            });
        }
        graph.outputs().forEach(value -> uses.merge(value.id(), 1, Integer::sum));
    }

    private static Stream<Integer> tensors(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return Stream.of(reference.value().id());
        }
        return argument instanceof Argument.Sequence sequence
                ? sequence.elements().stream().flatMap(ExportState::tensors)
                : Stream.empty();
    }

    OnnxGraphBuilder builder() {
        return builder;
    }

    SizeScaling scaling() {
        return scaling;
    }

    WeightConverter weights() {
        return weights;
    }

    WeightOnlyForm weightOnly() {
        return weightOnly;
    }

    /** Whether a value is read by fake-quantize nodes and by nothing else. */
    boolean isOnlyFakeQuantized(Value value) {
        int count = uses.getOrDefault(value.id(), 0);
        return count > 0 && count == fakeQuantizeUses.getOrDefault(value.id(), 0);
    }

    void bind(Value value, Operand operand) {
        values.put(value.id(), operand);
    }

    Operand operand(Value value) {
        Operand operand = values.get(value.id());
        if (operand == null) {
            throw new OnnxExportException(
                    "The graph uses the value "
                            + value
                            + " of shape "
                            + value.shape()
                            + " before it is computed.");
        }
        return operand;
    }

    Operand operand(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return operand(reference.value());
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return tensors.computeIfAbsent(
                    reference.name(), name -> parameter(name, reference.parameter()));
        }
        if (argument instanceof Argument.Constant constant) {
            return tensors.computeIfAbsent(constant.name(), name -> rounded(constant));
        }
        if (argument instanceof Argument.Quantized quantized) {
            if (weights.isWrittenForEachUse(quantized.tensor())) {
                return weights.dequantized(quantized);
            }
            return tensors.computeIfAbsent(
                    quantized.name(), name -> weights.dequantized(quantized));
        }
        throw new OnnxExportException("Expected a tensor, found " + argument + ".");
    }

    private Operand rounded(Argument.Constant constant) {
        String typed = new FloatWeights(builder).write(constant);
        if (typed == null) {
            typed = new TableWeights(builder, weights.isPacked()).write(constant);
        }
        if (typed == null) {
            typed = new BlockWeights(builder, weights.isPacked()).write(constant);
        }
        return typed == null
                ? constant(constant.name(), new ConstantTensor(constant.shape(), constant.data()))
                : new Operand(typed, constant.shape(), DataType.FLOAT32);
    }

    private Operand parameter(String name, Parameter parameter) {
        if (!parameter.isInitialized()) {
            throw new OnnxExportException(
                    "The parameter "
                            + name
                            + " is not initialized; initialize or load the model before it is exported.");
        }
        NDArray array = parameter.getArray();
        Object data =
                switch (array.getDataType()) {
                    case FLOAT32 -> array.toFloatArray();
                    case FLOAT64 -> array.toDoubleArray();
                    case INT32 -> array.toIntArray();
                    case INT64 -> array.toLongArray();
                    default ->
                            throw new OnnxExportException(
                                    "The parameter "
                                            + name
                                            + " has the data type "
                                            + array.getDataType()
                                            + "; exported are FLOAT32, FLOAT64, INT32 and INT64.");
                };
        return constant(name, new ConstantTensor(array.getShape(), data));
    }

    /** Adds an initializer that has a name of its own. */
    Operand constant(String base, ConstantTensor constant) {
        String name = builder.uniqueName(base);
        builder.initializer(Tensors.of(name, constant.data(), constant.shape().getShape()));
        constants.put(name, constant);
        return new Operand(name, constant.shape(), constant.dataType());
    }

    /** Adds an initializer for a small constant, shared by all that have its value. */
    Operand scalar(Number value, DataType type) {
        ConstantTensor constant = ConstantTensor.full(new Shape(), value, type);
        String name = builder.constant("constant", constant.data());
        constants.put(name, constant);
        return new Operand(name, constant.shape(), type);
    }

    /**
     * Says that a constant holds one value, in a shape that depends on dynamic sizes.
     *
     * @param constant the constant at the traced sizes
     * @param element its value
     * @param extents its dimensions
     */
    void markUniform(Operand constant, Operand element, List<Extent> extents) {
        if (extents.stream().anyMatch(extent -> !extent.isConstant())) {
            uniforms.put(constant.name(), new Uniform(element, extents));
        }
    }

    /** Whether no dimension of a constant but the first follows dynamic sizes. */
    boolean isFixedBehindFirst(Operand constant) {
        Uniform uniform = uniforms.get(constant.name());
        return uniform == null || uniform.extents().stream().skip(1).allMatch(Extent::isConstant);
    }

    /** Returns a tensor in the shape that it has at the sizes of the run. */
    Operand atRunTime(Operand operand) {
        Uniform uniform = uniforms.get(operand.name());
        return uniform == null
                ? operand
                : expanded.computeIfAbsent(operand.name(), n -> expand(operand, uniform));
    }

    private Operand expand(Operand operand, Uniform uniform) {
        String shape = extentTensor(operand.name(), uniform.extents());
        String node = operand.name() + "/Expand";
        return operand.named(
                builder.node("Expand", node, new Attributes(), uniform.element().name(), shape));
    }

    /**
     * Takes a constant that the traces hold in shapes of different batches, if every sample is the
     * same, for a constant that is repeated at run time.
     *
     * @return whether it is one
     */
    boolean markRepeated(Operand operand, List<ConstantTensor> again, List<Extent> extents) {
        ConstantTensor constant = constants.get(operand.name());
        boolean first = extents.stream().skip(1).allMatch(Extent::isConstant);
        if (constant == null
                || !first
                || !constant.isUniformAlongFirst()
                || !again.stream().allMatch(ConstantTensor::isUniformAlongFirst)
                || !again.stream().allMatch(other -> constant.first().hasSameData(other.first()))) {
            return false;
        }
        if (!uniforms.containsKey(operand.name())) {
            Operand sample = constant(operand.name() + "_sample", constant.first());
            uniforms.put(operand.name(), new Uniform(sample, extents));
        }
        return true;
    }

    @Nullable ConstantTensor constantOf(Operand operand) {
        return constants.get(operand.name());
    }

    /** Returns the name of a tensor of shape (1) that holds the size of a dynamic axis. */
    private String size(int number) {
        return sizes.computeIfAbsent(
                number,
                k -> {
                    DynamicAxis axis = scaling.axes().get(k);
                    String input = operand(graph.inputs().get(axis.input())).name();
                    return builder.node(
                            "Gather",
                            axis.name() + "_size",
                            new Attributes(),
                            builder.node("Shape", axis.name() + "_shape", new Attributes(), input),
                            builder.constant("index", new long[] {axis.axis()}, 1));
                });
    }

    /** Returns the name of a tensor that holds whole numbers, at the sizes of the run. */
    String extentTensor(String site, List<Extent> extents) {
        if (extents.stream().allMatch(Extent::isConstant)) {
            long[] dims = extents.stream().mapToLong(Extent::offset).toArray();
            return builder.constant("shape", dims, dims.length);
        }
        String[] parts =
                extents.stream().map(extent -> length(site, extent)).toArray(String[]::new);
        return parts.length == 1
                ? parts[0]
                : builder.node(
                        "Concat", site + "/Shape", new Attributes().integer("axis", 0), parts);
    }

    /** Returns the name of a tensor of shape (1) that holds a number, at the sizes of the run. */
    private String length(String site, Extent extent) {
        if (extent.isConstant()) {
            return builder.constant("dim", new long[] {extent.offset()}, 1);
        }
        String known = lengths.get(extent);
        if (known != null) {
            return known;
        }
        String product = "";
        for (int axis : extent.axes()) {
            product = product.isEmpty() ? size(axis) : times(site, product, size(axis));
        }
        if (extent.factor() != 1) {
            long[] factor = {extent.factor()};
            product = times(site, product, builder.constant("factor", factor, 1));
        }
        if (extent.offset() != 0) {
            String shift = builder.constant("shift", new long[] {extent.offset()}, 1);
            product = builder.node("Add", site + "/Shift", new Attributes(), product, shift);
        }
        lengths.put(extent, product);
        return product;
    }

    private String times(String site, String left, String right) {
        return builder.node("Mul", site + "/Scale", new Attributes(), left, right);
    }
}
