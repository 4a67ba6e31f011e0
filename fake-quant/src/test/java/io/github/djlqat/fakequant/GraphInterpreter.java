package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates a graph node by node with DJL's operations; slow, and independent of interception. */
final class GraphInterpreter {

    private static final Map<Class<?>, Class<?>> BOXES =
            Map.of(
                    int.class, Integer.class,
                    long.class, Long.class,
                    float.class, Float.class,
                    double.class, Double.class,
                    boolean.class, Boolean.class);

    private final NDManager manager;
    private final Map<Value, NDArray> values = new HashMap<>();

    private GraphInterpreter(NDManager manager) {
        this.manager = manager;
    }

    static NDList run(Graph graph, NDManager manager, NDArray... inputs) {
        GraphInterpreter interpreter = new GraphInterpreter(manager);
        for (int i = 0; i < inputs.length; i++) {
            interpreter.values.put(graph.inputs().get(i), inputs[i]);
        }
        graph.nodes().forEach(interpreter::run);
        NDList outputs = new NDList();
        graph.outputs().forEach(value -> outputs.add(interpreter.values.get(value)));
        return outputs;
    }

    private void run(Node node) {
        List<@Nullable Object> arguments = new ArrayList<>();
        node.arguments().forEach(argument -> arguments.add(resolve(argument)));
        NDList results =
                node.op().equals(Node.FAKE_QUANTIZE)
                        ? new NDList(fakeQuantize(arguments))
                        : invoke(node.op(), arguments);
        for (int i = 0; i < node.outputs().size(); i++) {
            values.put(node.outputs().get(i), results.get(i));
        }
    }

    private NDArray fakeQuantize(List<@Nullable Object> arguments) {
        NDArray x = (NDArray) arguments.get(0);
        float[] rounded =
                IntegerCodec.fakeQuantize(
                        x.toFloatArray(), x.getShape(), (QuantizationParameters) arguments.get(1));
        return manager.create(rounded, x.getShape());
    }

    private @Nullable Object resolve(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return values.get(reference.value());
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getArray();
        }
        if (argument instanceof Argument.Constant constant) {
            return constant.data() instanceof float[] floats
                    ? manager.create(floats, constant.shape())
                    : manager.create((long[]) constant.data(), constant.shape());
        }
        if (argument instanceof Argument.Quantized quantized) {
            return manager.create(
                    IntegerCodec.dequantize(quantized.tensor()), quantized.tensor().shape());
        }
        if (argument instanceof Argument.Sequence sequence) {
            NDList list = new NDList();
            sequence.elements().forEach(element -> list.add((NDArray) resolve(element)));
            return list;
        }
        return ((Argument.Literal) argument).value();
    }

    private NDList invoke(String op, List<@Nullable Object> arguments) {
        List<@Nullable Object> rest = arguments;
        Object target = manager;
        List<Class<?>> types = List.of(NDManager.class);
        if (!arguments.isEmpty() && arguments.get(0) instanceof NDArray receiver) {
            target = op.equals("addi") || op.equals("muli") ? receiver.duplicate() : receiver;
            rest = arguments.subList(1, arguments.size());
            types = List.of(NDArray.class, NDArrayEx.class);
        }
        for (Class<?> type : types) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(op) && takes(method, rest)) {
                    Object on =
                            type == NDArrayEx.class
                                    ? ((NDArray) target).getNDArrayInternal()
                                    : target;
                    return call(method, on, rest);
                }
            }
        }
        throw new AssertionError("No method " + op + " takes " + rest);
    }

    private static NDList call(Method method, Object target, List<@Nullable Object> arguments) {
        try {
            Object result = method.invoke(target, arguments.toArray());
            return result instanceof NDArray array ? new NDList(array) : (NDList) result;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(method + " failed", e);
        }
    }

    private static boolean takes(Method method, List<@Nullable Object> arguments) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != arguments.size()) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            Object argument = arguments.get(i);
            if (argument == null ? types[i].isPrimitive() : !box(types[i]).isInstance(argument)) {
                return false;
            }
        }
        return true;
    }

    private static Class<?> box(Class<?> type) {
        return BOXES.getOrDefault(type, type);
    }
}
