package io.github.djlqat.fakequant;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.NamedParameter;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By what the operations of a traced program are known in later forward passes: an operation with
 * weights by its layer, any other by what it computes from. Neither changes where a pass runs
 * operations that the traced one did not, as a training forward may; ordinals do.
 *
 * <p>Values are numbered so that two values have the same number where the same operations compute
 * them from the same layers' results, inputs and parameters.
 */
final class Dataflow {

    /** The number of every array that no operation of the pass has made. */
    static final int CONSTANT = 0;

    /** The number of every value that the traced program does not compute. */
    static final int UNKNOWN = -1;

    /** What an operation without weights is known by: its tensor arguments in their order. */
    record Operation(String op, List<Integer> arguments) {}

    /** What an operation with weights is known by, where it is the only one. */
    record LayerOperation(String layer, String op) {}

    /**
     * What is known of an operation.
     *
     * @param output the number of its first output; the others follow
     * @param sites the sites of the operations that are known by the same, in order of execution
     */
    record Known(int output, List<Site> sites) {}

    private final Map<Site, SitePlan> planned;
    private final Map<Operation, Known> operations = new HashMap<>();
    private final Map<Operation, Known> transparent = new HashMap<>();
    private final Map<LayerOperation, List<Known>> layers = new HashMap<>();
    private final Map<String, Integer> parameters = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();
    private final int inputs;
    private int next = CONSTANT + 1;

    private Dataflow(Graph graph, Map<Site, SitePlan> planned) {
        this.planned = Map.copyOf(planned);
        this.inputs = graph.inputs().size();
        Map<Value, Integer> numbers = new HashMap<>();
        for (Value input : graph.inputs()) {
            names.put(next, "input " + numbers.size());
            numbers.put(input, next++);
        }
        graph.nodes().forEach(node -> add(node, numbers));
    }

    /**
     * Numbers the values of a program.
     *
     * @param graph the program
     * @param planned the sites that must be told from all others
     */
    static Dataflow of(Graph graph, Map<Site, SitePlan> planned) {
        return new Dataflow(graph, planned);
    }

    private void add(Node node, Map<Value, Integer> numbers) {
        List<Integer> arguments = new ArrayList<>();
        node.arguments().forEach(argument -> number(argument, numbers, arguments));
        if (isTransparent(node.op())) {
            int value = arguments.get(0);
            numbers.put(node.outputs().get(0), value);
            transparent
                    .computeIfAbsent(
                            new Operation(node.op(), List.of(value)),
                            o -> new Known(value, new ArrayList<>()))
                    .sites()
                    .add(node.site());
            return;
        }
        Operation operation = new Operation(node.op(), arguments);
        Known known = operations.get(operation);
        if (known == null) {
            known = new Known(next, new ArrayList<>());
            next += node.outputs().size();
            operations.put(operation, known);
            LayerOperation layer = layer(node);
            if (layer != null) {
                layers.computeIfAbsent(layer, l -> new ArrayList<>()).add(known);
            }
        }
        known.sites().add(node.site());
        for (int i = 0; i < node.outputs().size(); i++) {
            names.putIfAbsent(known.output() + i, node.site().toString());
            numbers.put(node.outputs().get(i), known.output() + i);
        }
    }

    private void number(Argument argument, Map<Value, Integer> numbers, List<Integer> arguments) {
        if (argument instanceof Argument.Sequence sequence) {
            sequence.elements().forEach(element -> number(element, numbers, arguments));
        } else if (argument instanceof Argument.ValueReference reference) {
            arguments.add(numbers.getOrDefault(reference.value(), UNKNOWN));
        } else if (argument instanceof Argument.ParameterReference reference) {
            Integer known = parameters.get(reference.name());
            if (known == null) {
                known = next++;
                names.put(known, reference.name());
                parameters.put(reference.name(), known);
            }
            arguments.add(known);
        } else if (!(argument instanceof Argument.Literal)) {
            arguments.add(CONSTANT);
        }
    }

    private static @Nullable LayerOperation layer(Node node) {
        for (Argument argument : node.arguments()) {
            if (argument instanceof Argument.ParameterReference reference) {
                return new LayerOperation(
                        new NamedParameter(reference.name(), reference.parameter()).layer(),
                        node.op());
            }
        }
        return null;
    }

    /** Dropout is another function in training, in the same place. */
    static boolean isTransparent(String op) {
        return op.equals("dropout");
    }

    int inputs() {
        return inputs;
    }

    int parameter(String name) {
        return parameters.getOrDefault(name, UNKNOWN);
    }

    /** Returns what is known of an operation with weights, each different use of them once. */
    List<Known> layer(String layer, String op) {
        return layers.getOrDefault(new LayerOperation(layer, op), List.of());
    }

    /** Returns what is known of an operation that passes its value on. */
    @Nullable Known transparent(Operation operation) {
        return transparent.get(operation);
    }

    @Nullable Known operation(Operation operation) {
        return operations.get(operation);
    }

    /** Returns every operation that is known, in no order. */
    Iterable<Known> known() {
        return operations.values();
    }

    boolean isPlanned(@Nullable Site site) {
        return site != null && planned.containsKey(site);
    }

    boolean isPlanned(Known known) {
        return known.sites().stream().anyMatch(planned::containsKey);
    }

    /** Returns whether it matters which of the operations known by the same one is. */
    boolean differ(Known known) {
        return known.sites().stream()
                        .map(s -> Optional.ofNullable(planned.get(s)))
                        .distinct()
                        .count()
                > 1;
    }

    /** Returns what a value is called in messages. */
    String name(int number) {
        return number == CONSTANT ? "a constant" : names.getOrDefault(number, "an unknown value");
    }
}
