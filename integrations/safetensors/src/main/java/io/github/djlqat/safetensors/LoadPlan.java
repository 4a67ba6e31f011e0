package io.github.djlqat.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which tensor goes to which parameter, and everything that speaks against it. */
final class LoadPlan {

    private final SafetensorsFile file;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    // By identity: a shared layer shows the same parameter under several names.
    private final IdentityHashMap<Parameter, Assignment> assignments = new IdentityHashMap<>();
    private final Map<String, String> loaded = new LinkedHashMap<>();
    private final Map<String, String> surplus = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * Matches the tensors of a file with the parameters of a block, and changes neither.
     *
     * @param file the file
     * @param block the block
     * @param nameMapper the parameter's name of a tensor's name, null for none
     */
    LoadPlan(SafetensorsFile file, Block block, Function<String, @Nullable String> nameMapper)
            throws IOException {
        this.file = file;
        for (Pair<String, Parameter> pair : block.getParameters()) {
            Parameter other = parameters.putIfAbsent(pair.getKey(), pair.getValue());
            if (other != null && other != pair.getValue()) {
                problems.add("the block has two parameters named \"" + pair.getKey() + "\"");
            }
        }
        for (String name : file.names()) {
            String target = nameMapper.apply(name);
            Parameter parameter = target == null ? null : parameters.get(target);
            if (target == null) {
                surplus.put(name, "it is mapped to no parameter");
            } else if (parameter == null) {
                surplus.put(name, "the block has no parameter \"" + target + "\"");
            } else {
                assign(file.info(name), target, parameter);
            }
        }
    }

    private void assign(TensorInfo tensor, String target, Parameter parameter) throws IOException {
        DataType type = type(tensor, target, parameter);
        if (type == null) {
            return;
        }
        Shape shape =
                parameter.isInitialized() ? parameter.getArray().getShape() : parameter.getShape();
        if (shape == null) {
            problems.add(
                    "parameter \""
                            + target
                            + "\" has no shape yet; initialize the block before loading");
        } else if (!shape.equals(tensor.shape())) {
            problems.add(
                    "tensor \""
                            + tensor.name()
                            + "\" has shape "
                            + tensor.shape()
                            + ", parameter \""
                            + target
                            + "\" has shape "
                            + shape);
        }
        if (tensor.elements() > (Integer.MAX_VALUE - 8) / type.getNumOfBytes()) {
            problems.add(
                    "tensor \""
                            + tensor.name()
                            + "\" has "
                            + tensor.elements()
                            + " elements, too many for an array");
        } else if (tensor.dtype() == Dtype.BOOL) {
            checkBooleans(tensor);
        }
        Assignment other =
                assignments.putIfAbsent(parameter, new Assignment(tensor, parameter, type));
        if (other != null && !sameContent(tensor, other.tensor())) {
            problems.add(
                    "tensors \""
                            + other.tensor().name()
                            + "\" and \""
                            + tensor.name()
                            + "\" both go to parameter \""
                            + target
                            + "\" and differ");
        }
        loaded.put(tensor.name(), target);
    }

    /** Returns the type of the array to load, or null after noting why there is none. */
    private @Nullable DataType type(TensorInfo tensor, String target, Parameter parameter) {
        DataType own = tensor.dtype().dataType();
        if (!parameter.isInitialized()) {
            // What the rest of a block that was not initialized gets by default, so that its
            // operations have one type.
            DataType type = tensor.dtype().isFloating() ? DataType.FLOAT32 : own;
            if (type == null) {
                problems.add(
                        "tensor \""
                                + tensor.name()
                                + "\" is of "
                                + tensor.dtype()
                                + ", of which DJL has no arrays");
            }
            return type;
        }
        DataType type = parameter.getArray().getDataType();
        boolean widens =
                tensor.dtype().isFloating()
                        && (type == DataType.FLOAT32 || type == DataType.FLOAT64);
        if (type != own && !widens) {
            problems.add(
                    "tensor \""
                            + tensor.name()
                            + "\" is of "
                            + tensor.dtype()
                            + ", which does not go into parameter \""
                            + target
                            + "\" of "
                            + type);
            return null;
        }
        return type;
    }

    private void checkBooleans(TensorInfo tensor) throws IOException {
        try {
            Elements.checkBooleans(tensor, file.bytes(tensor.name()));
        } catch (SafetensorsException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private boolean sameContent(TensorInfo a, TensorInfo b) throws IOException {
        return a.dtype() == b.dtype()
                && a.shape().equals(b.shape())
                && file.bytes(a.name()).equals(file.bytes(b.name()));
    }

    /**
     * Returns the parameters that get no tensor.
     *
     * @return their names; one that is loaded under another name is not among them
     */
    List<String> missing() {
        return parameters.entrySet().stream()
                .filter(e -> !assignments.containsKey(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Throws if the plan cannot be carried out.
     *
     * @param allowMissing whether parameters may get no tensor
     * @param allowSurplus whether tensors may go nowhere
     * @param sources the names of the tensors that are expected for parameters, by the parameters'
     *     names, where known
     * @throws SafetensorsException with everything that is wrong
     */
    void check(boolean allowMissing, boolean allowSurplus, Map<String, Set<String>> sources) {
        List<String> lines = new ArrayList<>();
        if (!allowMissing) {
            for (String name : missing()) {
                Collection<String> expected = sources.getOrDefault(name, Set.of());
                String hint =
                        expected.stream()
                                .filter(s -> !file.contains(s))
                                .map(s -> "\"" + s + "\"")
                                .collect(Collectors.joining(", "));
                lines.add(
                        "missing: parameter \""
                                + name
                                + "\" gets no tensor"
                                + (hint.isEmpty() ? "" : "; the file lacks " + hint));
            }
        }
        if (!allowSurplus) {
            surplus.forEach(
                    (name, reason) ->
                            lines.add("surplus: tensor \"" + name + "\" goes nowhere; " + reason));
        }
        lines.addAll(problems);
        if (!lines.isEmpty()) {
            throw new SafetensorsException(
                    file.path()
                            + " does not fit the block, which was left as it was:\n  "
                            + String.join("\n  ", lines));
        }
    }

    /**
     * Copies the tensors into the parameters. All that may fail for want of memory comes before the
     * first change.
     *
     * @param manager the owner of the arrays of parameters that have none
     * @return what was done
     */
    LoadReport execute(NDManager manager) throws IOException {
        IdentityHashMap<Parameter, ByteBuffer> staged = new IdentityHashMap<>();
        for (Assignment assignment : assignments.values()) {
            staged.put(
                    assignment.parameter(),
                    file.nativeBytes(assignment.tensor(), assignment.type()));
        }
        List<Runnable> changes = new ArrayList<>();
        List<NDArray> created = new ArrayList<>();
        try {
            staged.forEach(
                    (parameter, bytes) -> {
                        if (parameter.isInitialized()) {
                            changes.add(() -> parameter.getArray().set(bytes));
                        } else {
                            NDArray array = create(manager, parameter, bytes);
                            created.add(array);
                            changes.add(() -> attach(parameter, array));
                        }
                    });
        } catch (RuntimeException | Error e) {
            created.forEach(NDArray::close);
            throw e;
        }
        changes.forEach(Runnable::run);
        return new LoadReport(loaded, missing(), List.copyOf(surplus.keySet()));
    }

    private NDArray create(NDManager manager, Parameter parameter, ByteBuffer bytes) {
        Assignment assignment = assignments.get(parameter);
        if (assignment == null) {
            throw new IllegalStateException(
                    "Parameter \"" + parameter.getName() + "\" was staged and not assigned.");
        }
        return manager.create(bytes, assignment.tensor().shape(), assignment.type());
    }

    @SuppressWarnings(
            "NullAway") // A parameter takes an array only while it has no shape; DJL does not
    // annotate that null is legal.
    private static void attach(Parameter parameter, NDArray array) {
        parameter.setShape(null);
        parameter.setArray(array);
        if (parameter.requiresGradient()) {
            array.setRequiresGradient(true);
        }
    }

    private record Assignment(TensorInfo tensor, Parameter parameter, DataType type) {}
}
