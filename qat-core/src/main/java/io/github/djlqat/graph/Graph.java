package io.github.djlqat.graph;

import java.util.List;

/**
 * A traced program in single static assignment form, in order of execution.
 *
 * @param inputs the values fed in
 * @param nodes the operations, each after those it depends on
 * @param outputs the values returned
 */
public record Graph(List<Value> inputs, List<Node> nodes, List<Value> outputs) {

    /**
     * Copies the lists.
     *
     * @param inputs the values fed in
     * @param nodes the operations, each after those it depends on
     * @param outputs the values returned
     */
    public Graph {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
    }

    /**
     * Writes the program for people, one operation a line, with the shapes and types of its values,
     * and the site and the line of code of each operation.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return GraphPrinter.print(this);
    }
}
