package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.torchscript.TorchScriptException;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.StorageValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a module: each becomes an attribute with a record in the archive. */
final class ScriptTensors {

    private static final int NIBBLE = 4;

    /** What is not trained: PyTorch refuses to run where it asks for gradients. */
    private static final Set<Parameter.Type> RUNNING =
            Set.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final Map<Integer, String> variables = new HashMap<>();
    private final Map<String, String> expressions = new HashMap<>();
    private final Map<String, TensorValue> attributes = new LinkedHashMap<>();
    private final List<byte[]> records = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();

    void bind(Value value, String variable) {
        variables.put(value.id(), variable);
    }

    String variable(Value value) {
        String variable = variables.get(value.id());
        if (variable == null) {
            throw new TorchScriptException(value + " is used before it is computed");
        }
        return variable;
    }

    /** The attributes by name, in the order of their first use. */
    Map<String, TensorValue> attributes() {
        return attributes;
    }

    /** The attributes that can be trained. */
    List<String> parameters() {
        return parameters;
    }

    TorchScriptArchive addRecords(TorchScriptArchive archive) {
        TorchScriptArchive result = archive;
        for (int i = 0; i < records.size(); i++) {
            result = result.with("data/" + i, records.get(i));
        }
        return result;
    }

    static Shape shape(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return reference.value().shape();
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getArray().getShape();
        }
        if (argument instanceof Argument.Constant constant) {
            return constant.shape();
        }
        if (argument instanceof Argument.Quantized quantized) {
            return quantized.tensor().shape();
        }
        throw new TorchScriptException(argument + " is no tensor");
    }

    String expression(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return variable(reference.value());
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return expressions.computeIfAbsent(
                    reference.name(),
                    name -> {
                        Parameter parameter = reference.parameter();
                        String attribute =
                                parameter(name, parameter.getArray(), parameter.requiresGradient());
                        if (!RUNNING.contains(parameter.getType())) {
                            parameters.add(attribute);
                        }
                        return "self." + attribute;
                    });
        }
        if (argument instanceof Argument.Constant constant) {
            return expressions.computeIfAbsent(constant.name(), name -> constant(constant));
        }
        if (argument instanceof Argument.Quantized quantized) {
            return expressions.computeIfAbsent(
                    quantized.name(), name -> dequantized(name, quantized.tensor()));
        }
        throw new TorchScriptException(argument + " is no tensor");
    }

    private String parameter(String name, NDArray array, boolean trained) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new TorchScriptException(
                    "parameter "
                            + name
                            + " is of "
                            + array.getDataType()
                            + "; FLOAT32 is supported");
        }
        float[] values = array.toFloatArray();
        return add(name, StorageType.FLOAT, array.getShape(), floats(values), trained);
    }

    private String constant(Argument.Constant constant) {
        String name = constant.name();
        Shape shape = constant.shape();
        if (constant.data() instanceof float[] values) {
            return "self." + add(name, StorageType.FLOAT, shape, floats(values), false);
        }
        if (constant.data() instanceof long[] values) {
            ByteBuffer bytes = buffer(values.length, Long.BYTES);
            bytes.asLongBuffer().put(values);
            return "self." + add(name, StorageType.INT64, shape, bytes.array(), false);
        }
        if (constant.data() instanceof int[] values) {
            ByteBuffer bytes = buffer(values.length, Integer.BYTES);
            bytes.asIntBuffer().put(values);
            return "self." + add(name, StorageType.INT32, shape, bytes.array(), false);
        }
        throw new TorchScriptException(
                "constant "
                        + name
                        + " is of "
                        + constant.data().getClass().getSimpleName()
                        + "; float[], long[] and int[] are supported");
    }

    /** Stores codes as bytes, two in one where they have four bits, and turns them into floats. */
    private String dequantized(String name, QuantizedTensor tensor) {
        QuantizationParameters parameters = tensor.parameters();
        int smallest = parameters.scheme().format().qmin();
        byte[] codes = tensor.codes();
        boolean nibbles = parameters.scheme().format().bits() <= NIBBLE;
        byte[] bytes = new byte[nibbles ? (codes.length + 1) / 2 : codes.length];
        for (int i = 0; i < codes.length; i++) {
            int code = smallest < 0 ? codes[i] : codes[i] & 0xff;
            if (nibbles) {
                bytes[i / 2] |= (byte) (code - smallest << NIBBLE * (i % 2));
            } else {
                bytes[i] = (byte) (code - smallest);
            }
        }
        String packed =
                "self."
                        + add(
                                name + "_codes",
                                StorageType.UINT8,
                                nibbles ? new Shape(bytes.length) : tensor.shape(),
                                bytes,
                                false);
        if (nibbles) {
            String both =
                    "torch.stack([torch.bitwise_and("
                            + packed
                            + ", 15), torch.bitwise_right_shift("
                            + packed
                            + ", 4)], -1)";
            packed =
                    "torch.reshape(torch.slice(torch.flatten("
                            + both
                            + ", 0, -1), 0, 0, "
                            + codes.length
                            + "), "
                            + list(tensor.shape())
                            + ")";
        }
        Shape scaleShape = scaleShape(name, parameters, tensor.shape());
        float[] shifts = new float[parameters.zeroPoints().length];
        for (int i = 0; i < shifts.length; i++) {
            shifts[i] = parameters.zeroPoints()[i] - smallest;
        }
        String shift = add(name + "_zero", StorageType.FLOAT, scaleShape, floats(shifts), false);
        String scale =
                add(
                        name + "_scale",
                        StorageType.FLOAT,
                        scaleShape,
                        floats(parameters.scales()),
                        false);
        return "torch.mul(torch.sub(torch.to("
                + packed
                + ", 6), self."
                + shift
                + "), self."
                + scale
                + ")";
    }

    private static Shape scaleShape(String name, QuantizationParameters parameters, Shape shape) {
        Granularity granularity = parameters.scheme().granularity();
        if (granularity instanceof Granularity.PerTensor) {
            return new Shape();
        }
        if (granularity instanceof Granularity.PerChannel channel) {
            long[] dims = new long[shape.dimension()];
            Arrays.fill(dims, 1);
            dims[channel.axis()] = shape.get(channel.axis());
            return new Shape(dims);
        }
        throw new TorchScriptException(
                "the weight "
                        + name
                        + " has scales "
                        + granularity
                        + "; scales per tensor and per channel are supported");
    }

    private static String list(Shape shape) {
        return Arrays.stream(shape.getShape()).mapToObj(Long::toString).collect(ScriptNode.list());
    }

    private static byte[] floats(float[] values) {
        ByteBuffer bytes = buffer(values.length, Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static ByteBuffer buffer(int elements, int size) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, size))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private String add(String name, StorageType type, Shape shape, byte[] bytes, boolean trained) {
        String attribute = "p_" + name.replaceAll("\\W", "_");
        while (attributes.containsKey(attribute)) {
            attribute += "_";
        }
        String key = Integer.toString(records.size());
        records.add(bytes);
        List<Long> sizes = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (int i = shape.dimension() - 1; i >= 0; i--) {
            sizes.add(0, shape.get(i));
            strides.add(0, stride);
            stride *= Math.max(1, shape.get(i));
        }
        StorageValue storage = new StorageValue(type, key, "cpu", bytes.length / type.bytes());
        attributes.put(attribute, new TensorValue(storage, 0, sizes, strides, trained));
        return attribute;
    }
}
