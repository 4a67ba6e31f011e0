package io.github.djlqat.graph;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.stream.Collectors;

/** Writes graphs for people, one operation a line. */
final class GraphPrinter {

    private GraphPrinter() {}

    static String print(Graph graph) {
        StringBuilder text = new StringBuilder();
        text.append("graph(").append(typed(graph.inputs())).append(") {\n");
        for (Node node : graph.nodes()) {
            text.append("  ").append(node(node)).append('\n');
        }
        return text.append("  return ")
                .append(
                        graph.outputs().stream()
                                .map(Value::toString)
                                .collect(Collectors.joining(", ")))
                .append("\n}\n")
                .toString();
    }

    private static String node(Node node) {
        String arguments =
                node.arguments().stream()
                        .filter(argument -> !isManager(argument))
                        .map(GraphPrinter::argument)
                        .collect(Collectors.joining(", "));
        String line = typed(node.outputs()) + " = " + node.op() + "(" + arguments + ")";
        return line + "  # " + node.place();
    }

    static String argument(Argument argument) {
        if (argument instanceof Argument.ValueReference reference) {
            return reference.value().toString();
        }
        if (argument instanceof Argument.ParameterReference reference) {
            return "@" + reference.name();
        }
        if (argument instanceof Argument.Constant constant) {
            return constant.name() + constant.shape() + Literals.format(constant.data());
        }
        if (argument instanceof Argument.Quantized quantized) {
            return "@" + quantized.name() + " quantized";
        }
        if (argument instanceof Argument.Sequence sequence) {
            return sequence.elements().stream()
                    .map(GraphPrinter::argument)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        return Literals.format(((Argument.Literal) argument).value());
    }

    private static boolean isManager(Argument argument) {
        return argument instanceof Argument.Literal literal && literal.value() instanceof NDManager;
    }

    private static String typed(List<Value> values) {
        return values.stream()
                .map(value -> value + ": " + value.dataType() + value.shape())
                .collect(Collectors.joining(", "));
    }
}
