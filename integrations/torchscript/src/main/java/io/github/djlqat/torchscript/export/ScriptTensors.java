package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Value;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a module, each an attribute, and the variables of its method. */
final class ScriptTensors {

    /** What is not trained: PyTorch refuses to run where it asks for gradients. */
    private static final Set<Parameter.Type> RUNNING =
            Set.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final Map<Integer, String> variables = new HashMap<>();
    private final Map<String, String> expressions = new HashMap<>();
    private final Map<String, PickleValue> attributes = new LinkedHashMap<>();
    private final List<String> parameters = new ArrayList<>();
    private final TensorRecords records = new TensorRecords();
    private final PackedWeights packed = new PackedWeights(records);

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

    /** The attributes by name, in the order of their first use: tensors and packed weights. */
    Map<String, PickleValue> attributes() {
        return attributes;
    }

    /** The attributes that can be trained. */
    List<String> parameters() {
        return parameters;
    }

    TensorRecords records() {
        return records;
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
        throw noTensor(argument);
    }

    static DataType dataType(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return reference.value().dataType();
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getArray().getDataType();
        }
        if (argument instanceof Argument.Constant constant) {
            if (constant.data() instanceof long[]) {
                return DataType.INT64;
            }
            if (constant.data() instanceof int[]) {
                return DataType.INT32;
            }
            return constant.data() instanceof boolean[] ? DataType.BOOLEAN : DataType.FLOAT32;
        }
        if (argument instanceof Argument.Quantized) {
            return DataType.FLOAT32;
        }
        throw noTensor(argument);
    }

    private static TorchScriptException noTensor(Argument argument) {
        return new TorchScriptException(argument + " is no tensor");
    }

    String expression(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return variable(reference.value());
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return expressions.computeIfAbsent(
                    reference.name(), name -> parameter(name, reference.parameter()));
        }
        if (argument instanceof Argument.Constant constant) {
            return expressions.computeIfAbsent(
                    constant.name(),
                    name ->
                            packed.halves(constant)
                                    .map(weight -> packed(name, weight))
                                    .orElseGet(() -> "self." + add(name, constant(constant))));
        }
        if (argument instanceof Argument.Quantized quantized) {
            return expressions.computeIfAbsent(
                    quantized.name(), name -> packed(name, packed.codes(quantized.tensor())));
        }
        throw noTensor(argument);
    }

    private String packed(String name, ObjectValue weight) {
        return "self." + add(name, weight) + ".weight";
    }

    private String parameter(String name, Parameter parameter) {
        NDArray array = parameter.getArray();
        if (array.getDataType() != DataType.FLOAT32) {
            throw new TorchScriptException(
                    "parameter "
                            + name
                            + " is of "
                            + array.getDataType()
                            + "; FLOAT32 is supported");
        }
        boolean running = RUNNING.contains(parameter.getType());
        TensorValue value =
                records.add(
                        array.getShape(),
                        array.toFloatArray(),
                        parameter.requiresGradient() && !running);
        String attribute = add(name, value);
        if (!running) {
            parameters.add(attribute);
        }
        return "self." + attribute;
    }

    private TensorValue constant(Argument.Constant constant) {
        Shape shape = constant.shape();
        if (constant.data() instanceof float[] values) {
            return records.add(shape, values, false);
        }
        if (constant.data() instanceof double[] values) {
            return records.add(shape, values);
        }
        if (constant.data() instanceof long[] values) {
            return records.add(shape, values);
        }
        if (constant.data() instanceof int[] values) {
            return records.add(shape, values);
        }
        if (constant.data() instanceof byte[] values) {
            return records.add(StorageType.INT8, shape, values.clone(), false);
        }
        if (constant.data() instanceof boolean[] values) {
            return records.add(shape, values);
        }
        throw new TorchScriptException(
                "constant "
                        + constant.name()
                        + " is of "
                        + constant.data().getClass().getSimpleName()
                        + "; float[], double[], long[], int[], byte[] and boolean[] are supported");
    }

    private String add(String name, PickleValue value) {
        String attribute = "p_" + name.replaceAll("\\W", "_");
        while (attributes.containsKey(attribute)) {
            attribute += "_";
        }
        attributes.put(attribute, value);
        return attribute;
    }
}
