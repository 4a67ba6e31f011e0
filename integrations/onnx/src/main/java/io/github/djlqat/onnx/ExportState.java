package io.github.djlqat.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.Arrays;
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
    private final BatchScaling scaling;
    private final WeightConverter weights;
    private final WeightOnlyForm weightOnly;
    private final Map<Integer, Operand> values = new HashMap<>();
    private final Map<String, Operand> tensors = new HashMap<>();
    private final Map<String, ConstantTensor> constants = new HashMap<>();
    private final Map<String, Uniform> uniforms = new HashMap<>();
    private final Map<String, Operand> expanded = new HashMap<>();
    private final Map<Integer, Integer> fakeQuantizeUses = new HashMap<>();
    private final Map<Integer, Integer> uses = new HashMap<>();
    private @Nullable String batchSize;

    /** A constant of one value whose dimensions are multiples of the batch size. */
    private record Uniform(Operand element, List<Long> factors) {}

    ExportState(
            Graph graph,
            OnnxGraphBuilder builder,
            BatchScaling scaling,
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

    BatchScaling scaling() {
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
     * Says that a constant holds one value, in a shape that depends on the batch size.
     *
     * @param constant the constant at the traced batch size
     * @param element its value
     * @param factors for each dimension, the factor of the batch size, or 0
     */
    void markUniform(Operand constant, Operand element, long[] factors) {
        List<Long> list = Arrays.stream(factors).boxed().toList();
        if (list.stream().anyMatch(factor -> factor != 0)) {
            uniforms.put(constant.name(), new Uniform(element, list));
        }
    }

    /** Returns a tensor in the shape that it has at the batch size of the run. */
    Operand atRunTime(Operand operand) {
        Uniform uniform = uniforms.get(operand.name());
        return uniform == null
                ? operand
                : expanded.computeIfAbsent(operand.name(), n -> expand(operand, uniform));
    }

    private Operand expand(Operand operand, Uniform uniform) {
        long[] factors = uniform.factors().stream().mapToLong(Long::longValue).toArray();
        String shape = shapeTensor(operand.name(), operand.shape().getShape(), factors);
        String node = operand.name() + "/Expand";
        return operand.named(
                builder.node("Expand", node, new Attributes(), uniform.element().name(), shape));
    }

    /**
     * Takes a constant that two traces hold in shapes of different batches, if every sample is the
     * same, for a constant that is repeated at run time.
     *
     * @return whether it is one
     */
    boolean markRepeated(Operand operand, ConstantTensor again, long[] factors) {
        ConstantTensor constant = constants.get(operand.name());
        boolean first = Arrays.stream(factors).skip(1).allMatch(factor -> factor == 0);
        if (constant == null
                || !first
                || !constant.isUniformAlongFirst()
                || !again.isUniformAlongFirst()
                || !constant.first().hasSameData(again.first())) {
            return false;
        }
        if (!uniforms.containsKey(operand.name())) {
            Operand sample = constant(operand.name() + "_sample", constant.first());
            uniforms.put(
                    operand.name(), new Uniform(sample, Arrays.stream(factors).boxed().toList()));
        }
        return true;
    }

    @Nullable ConstantTensor constantOf(Operand operand) {
        return constants.get(operand.name());
    }

    /** Returns the name of a tensor of shape (1) that holds the batch size at run time. */
    String batchSize() {
        String known = batchSize;
        if (known == null) {
            DynamicAxis axis = scaling.axis();
            String input = operand(graph.inputs().get(axis.input())).name();
            String shape = builder.node("Shape", axis.name() + "_shape", new Attributes(), input);
            known =
                    builder.node(
                            "Gather",
                            axis.name() + "_size",
                            new Attributes(),
                            shape,
                            builder.constant("index", new long[] {axis.axis()}, 1));
            batchSize = known;
        }
        return known;
    }

    /** Returns the name of a tensor that holds whole numbers, at the batch size of the run. */
    String extentTensor(String site, List<Extent> extents) {
        long[] offsets = extents.stream().mapToLong(Extent::offset).toArray();
        long[] factors = extents.stream().mapToLong(Extent::factor).toArray();
        String scaled = shapeTensor(site, offsets, factors);
        boolean shifted =
                extents.stream().anyMatch(extent -> !extent.isConstant() && extent.offset() != 0);
        if (!shifted) {
            return scaled;
        }
        long[] shifts =
                extents.stream()
                        .mapToLong(extent -> extent.isConstant() ? 0 : extent.offset())
                        .toArray();
        String added = builder.constant("shift", shifts, shifts.length);
        return builder.node("Add", site + "/Shift", new Attributes(), scaled, added);
    }

    /**
     * Returns the name of a tensor that holds a shape, with the dimensions that have a factor times
     * the batch size.
     */
    String shapeTensor(String site, long[] dims, long[] factors) {
        boolean any = false;
        String[] parts = new String[dims.length];
        for (int i = 0; i < dims.length; i++) {
            if (factors[i] == 0) {
                parts[i] = builder.constant("dim", new long[] {dims[i]}, 1);
            } else {
                any = true;
                parts[i] =
                        factors[i] == 1
                                ? batchSize()
                                : builder.node(
                                        "Mul",
                                        site + "/Scale",
                                        new Attributes(),
                                        batchSize(),
                                        builder.constant("factor", new long[] {factors[i]}, 1));
            }
        }
        return any
                ? builder.node(
                        "Concat", site + "/Shape", new Attributes().integer("axis", 0), parts)
                : builder.constant("shape", dims, dims.length);
    }
}
