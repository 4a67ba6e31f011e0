package io.github.djlqat.graph;

import io.github.djlqat.graph.Argument.Constant;
import io.github.djlqat.graph.Argument.Literal;
import io.github.djlqat.graph.Argument.ParameterReference;
import io.github.djlqat.graph.Argument.Quantized;
import io.github.djlqat.graph.Argument.Sequence;
import io.github.djlqat.graph.Argument.ValueReference;
import java.util.List;
import java.util.Optional;

/**
 * Compares two traces of a model, made with other data or other sizes.
 *
 * <p>The traces run the same program where their operations and what these are applied to are the
 * same, one by one. Their literals and shapes may differ: these tell what depends on a size.
 */
public final class TraceComparison {

    private TraceComparison() {}

    /**
     * The first place where two traces do not run the same program.
     *
     * @param place the site of the operation in the first trace, and its line of code
     * @param reason how the second trace differs there, as a clause
     */
    public record Difference(String place, String reason) {
        @Override
        public String toString() {
            return place + ": " + reason;
        }
    }

    /**
     * Finds the first place where two traces do not run the same program.
     *
     * @param first a trace
     * @param second a trace of the same model
     * @return the place, or empty where the programs are the same
     */
    public static Optional<Difference> difference(Graph first, Graph second) {
        if (first.inputs().size() != second.inputs().size()) {
            return Optional.of(
                    new Difference(
                            "inputs",
                            "there are "
                                    + first.inputs().size()
                                    + " in one trace and "
                                    + second.inputs().size()
                                    + " in the other"));
        }
        int common = Math.min(first.nodes().size(), second.nodes().size());
        for (int i = 0; i < common; i++) {
            Node node = first.nodes().get(i);
            Node twin = second.nodes().get(i);
            String reason = reason(node, twin);
            if (!reason.isEmpty()) {
                return Optional.of(new Difference(node.place(), reason));
            }
        }
        if (first.nodes().size() != second.nodes().size()) {
            boolean longer = first.nodes().size() > common;
            Node extra = (longer ? first : second).nodes().get(common);
            return Optional.of(
                    new Difference(
                            extra.place(),
                            "only the " + (longer ? "first" : "second") + " trace runs it"));
        }
        if (!ids(first.outputs()).equals(ids(second.outputs()))) {
            return Optional.of(new Difference("outputs", "other values are returned"));
        }
        return Optional.empty();
    }

    private static String reason(Node node, Node twin) {
        if (!node.op().equals(twin.op())) {
            return "the other trace runs " + twin.place() + " instead";
        }
        if (node.arguments().size() != twin.arguments().size()
                || node.outputs().size() != twin.outputs().size()) {
            return "the other trace calls it with other arguments, at " + twin.place();
        }
        for (int i = 0; i < node.arguments().size(); i++) {
            Argument argument = node.arguments().get(i);
            Argument other = twin.arguments().get(i);
            if (!isSameSource(argument, other)) {
                return "its argument "
                        + i
                        + " is "
                        + describe(argument)
                        + ", in the other trace "
                        + describe(other);
            }
        }
        return "";
    }

    private static boolean isSameSource(Argument argument, Argument other) {
        if (argument instanceof ValueReference a && other instanceof ValueReference b) {
            return a.value().id() == b.value().id();
        }
        if (argument instanceof ParameterReference a && other instanceof ParameterReference b) {
            return a.name().equals(b.name());
        }
        if (argument instanceof Quantized a && other instanceof Quantized b) {
            return a.name().equals(b.name());
        }
        if (argument instanceof Sequence a && other instanceof Sequence b) {
            List<Argument> elements = a.elements();
            boolean same = elements.size() == b.elements().size();
            for (int i = 0; same && i < elements.size(); i++) {
                same = isSameSource(elements.get(i), b.elements().get(i));
            }
            return same;
        }
        return argument instanceof Constant && other instanceof Constant
                || argument instanceof Literal && other instanceof Literal;
    }

    private static String describe(Argument argument) {
        return GraphPrinter.argument(argument);
    }

    private static List<Integer> ids(List<Value> values) {
        return values.stream().map(Value::id).toList();
    }
}
