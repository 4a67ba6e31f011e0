package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.NamedParameter;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the operations of one forward pass into nodes. */
final class RecordingInterceptor implements Interceptor {

    private static final String OUTSIDE =
            " It is also read where an operation is called on an array made outside of the forward pass with this one"
                    + " as its argument: call it the other way round, or make the outside array a Parameter of the block.";

    private final SharedMemory memory = new SharedMemory(new ViewOps(this::emit));
    private final List<Value> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Integer> ofInputs = new HashSet<>();
    private final Map<Integer, String> producers = new HashMap<>();
    private int constants;
    private int nextId;

    RecordingInterceptor(NDList inputs) {
        for (NDArray input : inputs) {
            Value value = value(input.getShape(), input.getDataType());
            ofInputs.add(value.id());
            producers.put(value.id(), "input " + this.inputs.size());
            memory.put(input, ViewOps.reference(value));
            this.inputs.add(value);
        }
    }

    @Override
    public NDList intercept(OpCall call) {
        if (Ops.readsOnlyShapes(call.op())) {
            // What is not recorded becomes a constant where it is used.
            return call.proceed();
        }
        Place place = new Place(call.site(), CallingCode.find());
        if (isSizedByData(call)) {
            refuseDependentSize(call, place);
            return call.proceed();
        }
        if (call.isInPlace()) {
            return write(call, place);
        }
        List<Argument> arguments = arguments(call, place);
        boolean random = !call.hasReceiver() && !Ops.isCreator(call.op());
        NDList results = call.proceed();
        Node node = node(call.op(), place, arguments, results, random);
        // An index that holds arrays copies what it picks.
        boolean shares = ViewOps.mayShare(call.op()) && !isTaken(node);
        for (int i = 0; i < results.size(); i++) {
            NDArray result = results.get(i);
            Argument value = ViewOps.reference(node.outputs().get(i));
            if (shares && call.arguments().get(0) instanceof NDArray of) {
                memory.putView(result, value, of, view(node, i));
            } else if (!memory.knows(result)) {
                memory.put(result, value);
            }
        }
        return results;
    }

    @Override
    public void read(ForwardPass pass, NDArray array, String method) {
        if (!memory.knows(array)
                || !(memory.read(array) instanceof Argument.ValueReference reference)
                || !ofInputs.contains(reference.value().id())) {
            return;
        }
        StackTraceElement source = CallingCode.find();
        throw new IllegalStateException(
                (source == null ? "The model" : CallingCode.format(source))
                        + " reads values by "
                        + method
                        + "() of an array of shape "
                        + array.getShape()
                        + " that depends on the model's inputs or on random numbers ("
                        + producers.get(reference.value().id())
                        + lastLayer()
                        + "). What is decided or computed from them in Java would be recorded for these inputs only."
                        + " Use operations of NDArray, such as where; parameters and constants may be read."
                        + (method.equals("toByteBuffer") ? OUTSIDE : ""));
    }

    /** Names the last layer with parameters, which tells where in the model the code runs. */
    private String lastLayer() {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (nodes.get(i).arguments().stream()
                    .anyMatch(Argument.ParameterReference.class::isInstance)) {
                return ", after " + nodes.get(i).site();
            }
        }
        return "";
    }

    Graph graph(List<NDArray> results) {
        List<Value> outputs = new ArrayList<>(results.size());
        for (NDArray result : results) {
            if (!memory.knows(result)
                    || !(memory.read(result) instanceof Argument.ValueReference reference)) {
                throw new IllegalStateException(
                        "The model returns an array of shape "
                                + result.getShape()
                                + " that none of its recorded operations made. Arrays made outside of the forward pass"
                                + " cannot be outputs.");
            }
            outputs.add(reference.value());
        }
        return new Graph(inputs, nodes, outputs);
    }

    /** Where an operation is in the model and in its code. */
    private record Place(Site site, @Nullable StackTraceElement source) {
        @Override
        public String toString() {
            return source == null ? site.toString() : site + " at " + CallingCode.format(source);
        }
    }

    private static boolean isSizedByData(OpCall call) {
        if (call.op().equals("get")) {
            return index(call).filter(Indices::hasMask).isPresent();
        }
        return Ops.isSizedByData(call.op());
    }

    private void refuseDependentSize(OpCall call, Place place) {
        for (Object argument : call.arguments()) {
            if (argument instanceof NDArray array && dependsOnInputs(argument(call, array))) {
                throw sizedByData(place);
            }
        }
        index(call)
                .flatMap(Indices::mask)
                .filter(mask -> dependsOnInputs(tensor(call, mask)))
                .ifPresent(
                        mask -> {
                            throw sizedByData(place);
                        });
    }

    private static IllegalStateException sizedByData(Place place) {
        return new IllegalStateException(
                place
                        + " returns as many elements as the values of its array say, so that all shapes behind it"
                        + " would be recorded for these inputs only. Use where, or a product with the mask, which"
                        + " keep the shape.");
    }

    private static Optional<NDIndex> index(OpCall call) {
        return call.arguments().isEmpty()
                ? Optional.empty()
                : Indices.ofJava(call.arguments().subList(1, call.arguments().size()));
    }

    private List<Argument> arguments(OpCall call, Place place) {
        if (call.op().equals("get")) {
            Optional<NDIndex> index = index(call).filter(Indices::hasArrays);
            if (index.isPresent()) {
                return taking(call, index.get(), place);
            }
        }
        List<Argument> arguments = new ArrayList<>(call.arguments().size());
        for (Object argument : call.arguments()) {
            arguments.add(argument(call, argument));
        }
        return arguments;
    }

    private List<Argument> taking(OpCall call, NDIndex index, Place place) {
        int axis =
                Indices.takenAxis(index)
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                place
                                                        + " takes an index with arrays at several axes, or beside slices and"
                                                        + " numbers, which cannot be recorded. Index one axis at a time, or"
                                                        + " use gather."));
        List<Argument> arguments = new ArrayList<>();
        arguments.add(argument(call, call.arguments().get(0)));
        arguments.add(tensor(call, Indices.taken(index, axis)));
        if (axis > 0) {
            arguments.add(new Argument.Literal(axis));
        }
        return arguments;
    }

    private static boolean isTaken(Node node) {
        return node.op().equals("get")
                && node.arguments().size() > 1
                && !(node.arguments().get(1) instanceof Argument.Literal);
    }

    /** A part of an array that was split is a view like one that an index picks. */
    private static Node view(Node node, int output) {
        if (!node.op().equals("split")) {
            return node;
        }
        int axis =
                node.arguments().size() > 2
                                && node.arguments().get(2) instanceof Argument.Literal literal
                                && literal.value() instanceof Number number
                        ? number.intValue()
                        : 0;
        int rank = node.outputs().get(0).shape().dimension();
        int positive = Math.floorMod(axis, rank);
        long start = 0;
        for (Value part : node.outputs().subList(0, output)) {
            start += part.shape().get(positive);
        }
        Value value = node.outputs().get(output);
        NDIndex index = new NDIndex();
        for (int i = 0; i < positive; i++) {
            index.addAllDim();
        }
        index.addSliceDim(start, start + value.shape().get(positive));
        return new Node(
                "get",
                node.site(),
                List.of(node.arguments().get(0), new Argument.Literal(index)),
                List.of(value),
                node.source());
    }

    private NDList write(OpCall call, Place place) {
        NDArray receiver = (NDArray) call.arguments().get(0);
        tensor(call, receiver);
        if (memory.root(receiver) instanceof Argument.ParameterReference parameter) {
            throw new IllegalStateException(
                    place
                            + " changes the parameter "
                            + parameter.name()
                            + " in place, which would change the model by using it.");
        }
        boolean whole = isWholeSet(call);
        List<Argument> arguments = whole ? List.of() : written(call, place);
        if (!whole) {
            memory.prepareWrite(receiver, place.toString());
        }
        NDList results = call.proceed();
        NDArray changed = results.isEmpty() ? receiver : results.singletonOrThrow();
        if (whole) {
            // The engine gives the array other memory, which no view of it shares.
            Argument.Constant data = constant(receiver);
            List<Argument> literals =
                    List.of(
                            new Argument.Literal(data.data()),
                            new Argument.Literal(data.shape()),
                            new Argument.Literal(receiver.getDataType()));
            memory.put(
                    receiver,
                    ViewOps.reference(
                            node("create", place, literals, new NDList(receiver), false)
                                    .outputs()
                                    .get(0)));
            return results;
        }
        String op = call.op().startsWith("set") ? Node.SET : call.op();
        Node node = node(op, place, arguments, new NDList(changed), false);
        memory.write(receiver, ViewOps.reference(node.outputs().get(0)));
        return results;
    }

    /** Whether all elements are set to those of a Java array or buffer. */
    private static boolean isWholeSet(OpCall call) {
        return call.op().equals("set") && call.arguments().size() == 2;
    }

    private List<Argument> written(OpCall call, Place place) {
        if (call.op().equals("intern")) {
            throw new IllegalStateException(
                    place + " swaps the memory of two arrays, which cannot be recorded.");
        }
        if (!call.op().startsWith("set")) {
            return arguments(call, place);
        }
        Object value = call.arguments().get(2);
        if (!(value instanceof Number) && !(value instanceof NDArray)) {
            throw new IllegalStateException(
                    place
                            + " sets elements by a function, which cannot be recorded. Get them, change them, and set"
                            + " the result.");
        }
        NDIndex index = Indices.ofJava(List.of(call.arguments().get(1))).orElseThrow();
        Argument where = new Argument.Literal(index);
        if (Indices.hasArrays(index)) {
            NDArray mask =
                    Indices.mask(index)
                            .filter(array -> value instanceof Number)
                            .orElseThrow(
                                    () ->
                                            new IllegalStateException(
                                                    place
                                                            + " writes to the places that an index with arrays names, which"
                                                            + " cannot be recorded. A number can be set by a mask alone;"
                                                            + " otherwise use where, or build the array by concat."));
            where = tensor(call, mask);
        }
        return List.of(argument(call, call.arguments().get(0)), where, argument(call, value));
    }

    private Node node(
            String op, Place place, List<Argument> arguments, NDList results, boolean random) {
        List<Value> outputs = new ArrayList<>(results.size());
        results.forEach(result -> outputs.add(value(result.getShape(), result.getDataType())));
        return add(new Node(op, place.site(), arguments, outputs, place.source()), random);
    }

    private Value emit(Node like, String op, List<Argument> arguments, Shape shape) {
        Value value = value(shape, like.outputs().get(0).dataType());
        add(new Node(op, like.site(), arguments, List.of(value), like.source()), false);
        return value;
    }

    private Node add(Node node, boolean random) {
        nodes.add(node);
        boolean depends = random || node.arguments().stream().anyMatch(this::dependsOnInputs);
        for (Value output : node.outputs()) {
            producers.put(output.id(), "the result of " + node.place());
            if (depends) {
                ofInputs.add(output.id());
            }
        }
        return node;
    }

    private boolean dependsOnInputs(Argument argument) {
        if (argument instanceof Argument.Sequence sequence) {
            return sequence.elements().stream().anyMatch(this::dependsOnInputs);
        }
        return argument instanceof Argument.ValueReference reference
                && ofInputs.contains(reference.value().id());
    }

    private Value value(Shape shape, DataType type) {
        return new Value(nextId++, shape, type);
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
        if (!memory.knows(array)) {
            Optional<NamedParameter> parameter = call.parameter(array);
            memory.put(
                    array,
                    parameter.isPresent()
                            ? new Argument.ParameterReference(
                                    parameter.get().name(), parameter.get().parameter())
                            : constant(array));
        }
        return memory.read(array);
    }

    private Argument.Constant constant(NDArray array) {
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
        return new Argument.Constant("constant_" + constants++, array.getShape(), data);
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
