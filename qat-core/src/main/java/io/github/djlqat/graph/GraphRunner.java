package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes graphs with the operations of DJL, one node at a time. */
public final class GraphRunner {

    private static final Map<Class<?>, Class<?>> BOXES =
            Map.of(
                    int.class, Integer.class,
                    long.class, Long.class,
                    float.class, Float.class,
                    double.class, Double.class,
                    boolean.class, Boolean.class,
                    byte.class, Byte.class);

    private final NDManager manager;
    private final Map<Integer, NDArray> values = new HashMap<>();

    private GraphRunner(NDManager manager) {
        this.manager = manager;
    }

    /**
     * Computes a graph.
     *
     * @param graph a graph
     * @param manager the manager that the outputs attach to
     * @param inputs as many arrays as the graph has inputs, neither changed nor closed
     * @return the outputs
     * @throws IllegalArgumentException if the number of inputs is another one, or a node is no
     *     operation of DJL
     */
    public static NDList run(Graph graph, NDManager manager, NDList inputs) {
        if (inputs.size() != graph.inputs().size()) {
            throw new IllegalArgumentException(
                    "The graph takes "
                            + graph.inputs().size()
                            + " inputs, not "
                            + inputs.size()
                            + ".");
        }
        try (NDManager scope = manager.newSubManager()) {
            GraphRunner runner = new GraphRunner(scope);
            for (int i = 0; i < inputs.size(); i++) {
                NDArray copy = inputs.get(i).duplicate();
                copy.attach(scope);
                runner.values.put(graph.inputs().get(i).id(), copy);
            }
            graph.nodes().forEach(runner::run);
            NDList outputs = new NDList();
            graph.outputs().forEach(value -> outputs.add(runner.value(value).duplicate()));
            outputs.attach(manager);
            return outputs;
        }
    }

    /**
     * Computes a node that depends on no other one.
     *
     * @param node a node whose arguments are parameters, constants and literals
     * @param manager the manager that the results attach to
     * @return the results
     * @throws IllegalArgumentException if the node is no operation of DJL
     */
    public static NDList run(Node node, NDManager manager) {
        GraphRunner runner = new GraphRunner(manager);
        runner.run(node);
        NDList results = new NDList();
        node.outputs().forEach(value -> results.add(runner.value(value)));
        return results;
    }

    private NDArray value(Value value) {
        NDArray array = values.get(value.id());
        if (array == null) {
            throw new IllegalArgumentException(
                    "The value " + value + " is used before it is computed.");
        }
        return array;
    }

    private void run(Node node) {
        List<@Nullable Object> arguments = new ArrayList<>();
        node.arguments().forEach(argument -> arguments.add(resolve(argument)));
        NDList results =
                switch (node.op()) {
                    case Node.FAKE_QUANTIZE -> new NDList(fakeQuantize(arguments));
                    case Node.SET -> new NDList(set(arguments));
                    case "get" -> new NDList(get(node, arguments));
                    default -> invoke(node, arguments);
                };
        for (int i = 0; i < node.outputs().size(); i++) {
            values.put(node.outputs().get(i).id(), results.get(i));
        }
    }

    private NDArray fakeQuantize(List<@Nullable Object> arguments) {
        NDArray x = (NDArray) arguments.get(0);
        float[] rounded =
                IntegerCodec.fakeQuantize(
                        x.toFloatArray(), x.getShape(), (QuantizationParameters) arguments.get(1));
        return manager.create(rounded, x.getShape());
    }

    private static NDArray set(List<@Nullable Object> arguments) {
        NDArray copy = ((NDArray) arguments.get(0)).duplicate();
        Object where = arguments.get(1);
        NDIndex index = where instanceof NDArray mask ? new NDIndex("{}", mask) : (NDIndex) where;
        if (arguments.get(2) instanceof NDArray array) {
            copy.set(index, array);
        } else {
            copy.set(index, (Number) arguments.get(2));
        }
        return copy;
    }

    private NDArray get(Node node, List<@Nullable Object> arguments) {
        NDArray array = (NDArray) arguments.get(0);
        if (!(arguments.get(1) instanceof NDArray picked)) {
            return invoke(node, arguments).singletonOrThrow();
        }
        int axis = arguments.size() > 2 ? ((Number) arguments.get(2)).intValue() : 0;
        NDIndex index = new NDIndex();
        for (int i = 0; i < axis; i++) {
            index.addAllDim();
        }
        return array.get(index.addIndices("{}", picked));
    }

    private @Nullable Object resolve(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return value(reference.value());
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getArray();
        }
        if (argument instanceof Argument.Constant constant) {
            return create(constant.data(), constant.shape());
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
        Object literal = ((Argument.Literal) argument).value();
        return literal instanceof NDManager ? manager : literal;
    }

    private NDArray create(Object data, Shape shape) {
        if (data instanceof float[] floats) {
            return manager.create(floats, shape);
        }
        if (data instanceof int[] ints) {
            return manager.create(ints, shape);
        }
        return data instanceof long[] longs
                ? manager.create(longs, shape)
                : manager.create((boolean[]) data, shape);
    }

    private NDList invoke(Node node, List<@Nullable Object> arguments) {
        List<@Nullable Object> rest = arguments;
        NDArray receiver = null;
        List<Class<?>> types = List.of(NDManager.class);
        if (!arguments.isEmpty() && arguments.get(0) instanceof NDArray array) {
            // An operation in place must not change a value that others read.
            receiver = node.op().endsWith("i") ? array.duplicate() : array;
            rest = arguments.subList(1, arguments.size());
            types = List.of(NDArray.class, NDArrayEx.class);
        }
        for (Class<?> type : types) {
            for (Method method : type.getMethods()) {
                Object[] given = fit(method, rest);
                if (method.getName().equals(node.op()) && given != null) {
                    return call(node, method, target(type, receiver), given);
                }
            }
        }
        throw new IllegalArgumentException(
                node.place() + " is no operation of DJL that takes " + rest + ".");
    }

    private Object target(Class<?> type, @Nullable NDArray receiver) {
        if (receiver == null) {
            return manager;
        }
        return type == NDArrayEx.class ? receiver.getNDArrayInternal() : receiver;
    }

    private static NDList call(
            Node node, Method method, Object target, @Nullable Object[] arguments) {
        try {
            Object result = method.invoke(target, arguments);
            return result instanceof NDArray array ? new NDList(array) : (NDList) result;
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(node.place() + " failed.", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(node.place() + " cannot be called.", e);
        }
    }

    /** Returns the arguments as a method takes them, or null if it takes others. */
    private static @Nullable Object @Nullable [] fit(
            Method method, List<@Nullable Object> arguments) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != arguments.size()) {
            return null;
        }
        @Nullable Object[] fitting = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Object argument = arguments.get(i);
            Class<?> type = BOXES.getOrDefault(types[i], types[i]);
            if (argument instanceof NDList list && type == NDArray[].class) {
                fitting[i] = list.toArray(new NDArray[0]);
            } else if (argument == null ? !types[i].isPrimitive() : type.isInstance(argument)) {
                fitting[i] = argument;
            } else {
                return null;
            }
        }
        return fitting;
    }
}
