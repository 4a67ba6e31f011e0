package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.NamedParameter;
import io.github.djlqat.intercept.OpCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the operations of one forward pass into nodes. */
final class RecordingInterceptor implements Interceptor {

    private static final Set<String> VIEWS =
            Set.of(
                    "get",
                    "reshape",
                    "transpose",
                    "flatten",
                    "squeeze",
                    "expandDims",
                    "swapAxes",
                    "split",
                    "broadcast",
                    "dropout",
                    "stopGradient");

    private final Map<NDArray, Value> values = new IdentityHashMap<>();
    private final Map<NDArray, Argument> constants = new IdentityHashMap<>();
    private final Set<Integer> viewValues = new HashSet<>();
    private final Set<Integer> viewedValues = new HashSet<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private int nextId;

    RecordingInterceptor(NDList inputs) {
        for (NDArray input : inputs) {
            this.inputs.add(define(input));
        }
    }

    @Override
    public NDList intercept(OpCall call) {
        if (Ops.readsOnlyShapes(call.op())) {
            // What is not recorded becomes a constant where it is used.
            return call.proceed();
        }
        List<Argument> arguments = new ArrayList<>(call.arguments().size());
        for (Object argument : call.arguments()) {
            arguments.add(argument(call, argument));
        }
        refuseUntraceable(call, arguments);
        NDList results = call.proceed();
        List<Value> outputs = new ArrayList<>(results.size());
        for (NDArray result : results) {
            Value value = define(result);
            outputs.add(value);
            if (VIEWS.contains(call.op())) {
                viewValues.add(value.id());
                if (arguments.get(0) instanceof Argument.ValueReference viewed) {
                    viewedValues.add(viewed.value().id());
                }
            }
        }
        nodes.add(new Node(call.op(), call.site(), arguments, outputs));
        return results;
    }

    Graph graph(List<NDArray> results) {
        List<Value> outputs = new ArrayList<>(results.size());
        for (NDArray result : results) {
            Value value = values.get(result);
            if (value == null) {
                throw new IllegalStateException(
                        "The model returns an array of shape "
                                + result.getShape()
                                + " that none of its recorded operations made. Arrays made outside of the forward pass"
                                + " cannot be outputs.");
            }
            outputs.add(value);
        }
        return new Graph(inputs, nodes, outputs);
    }

    private void refuseUntraceable(OpCall call, List<Argument> arguments) {
        if (!call.isInPlace()) {
            return;
        }
        if (call.op().startsWith("set") || call.op().equals("intern")) {
            throw new IllegalStateException(
                    call.site()
                            + " writes into part of an array, which cannot be recorded. Build the array by concat or where.");
        }
        if (arguments.get(0) instanceof Argument.ValueReference reference
                && (viewValues.contains(reference.value().id())
                        || viewedValues.contains(reference.value().id()))) {
            throw new IllegalStateException(
                    call.site()
                            + " changes an array in place that shares its memory with a view, which cannot be recorded. Use "
                            + call.op().substring(0, call.op().length() - 1)
                            + " instead.");
        }
    }

    private Value define(NDArray array) {
        Value value = new Value(nextId++, array.getShape(), array.getDataType());
        values.put(array, value);
        return value;
    }

    private Argument argument(OpCall call, @Nullable Object argument) {
        if (argument instanceof NDArray array) {
            return tensor(call, array);
        }
        if (argument instanceof NDList list) {
            List<Argument> elements = new ArrayList<>(list.size());
            list.forEach(array -> elements.add(tensor(call, array)));
            return new Argument.Sequence(elements);
        }
        if (argument instanceof NDArray[] arrays) {
            List<Argument> elements = new ArrayList<>(arrays.length);
            for (NDArray array : arrays) {
                elements.add(tensor(call, array));
            }
            return new Argument.Sequence(elements);
        }
        return new Argument.Literal(argument);
    }

    private Argument tensor(OpCall call, NDArray array) {
        Value value = values.get(array);
        if (value != null) {
            return new Argument.ValueReference(value);
        }
        Optional<NamedParameter> parameter = call.parameter(array);
        if (parameter.isPresent()) {
            return new Argument.ParameterReference(
                    parameter.get().name(), parameter.get().parameter());
        }
        return constants.computeIfAbsent(array, a -> constant("constant_" + constants.size(), a));
    }

    private static Argument.Constant constant(String name, NDArray array) {
        DataType type = array.getDataType();
        Object data =
                switch (type) {
                    case FLOAT32, FLOAT16, FLOAT64 -> toFloats(array);
                    case INT32 -> array.toIntArray();
                    case INT64 -> array.toLongArray();
                    case BOOLEAN -> array.toBooleanArray();
                    default ->
                            throw new IllegalStateException(
                                    "A constant of the model has data type "
                                            + type
                                            + "; recordable are floating point, INT32, INT64 and BOOLEAN.");
                };
        return new Argument.Constant(name, array.getShape(), data);
    }

    private static float[] toFloats(NDArray array) {
        if (array.getDataType() == DataType.FLOAT32) {
            return array.toFloatArray();
        }
        try (NDArray converted = array.toType(DataType.FLOAT32, true)) {
            return converted.toFloatArray();
        }
    }
}
