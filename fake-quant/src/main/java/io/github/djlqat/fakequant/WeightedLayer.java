package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.NamedParameter;
import org.jspecify.annotations.Nullable;

/**
 * An operation that multiplies an input by a weight parameter.
 *
 * @param node the operation
 * @param name the name of the layer
 * @param input the position of the input
 * @param weightNode the node whose argument the parameter is: the operation itself, or the view of
 *     the parameter that it takes
 * @param weight the position of the parameter in that node
 * @param parameterName the full name of the parameter
 * @param parameter the parameter
 * @param outputAxis the axis of the parameter that counts output channels
 */
record WeightedLayer(
        Node node,
        String name,
        ArgumentPosition input,
        Node weightNode,
        ArgumentPosition weight,
        String parameterName,
        Parameter parameter,
        int outputAxis) {

    /** Returns the layer that a node is, or null if it is none. */
    static @Nullable WeightedLayer of(Node node, GraphIndex index) {
        return switch (node.op()) {
            case "convolution", "linear" -> direct(node, 0, index);
            case "deconvolution" -> direct(node, 1, index);
            case "matMul", "dot", "batchMatMul", "batchDot" -> product(node, index);
            default -> null;
        };
    }

    private static @Nullable WeightedLayer direct(Node node, int outputAxis, GraphIndex index) {
        if (node.arguments().get(1) instanceof Argument.ValueReference) {
            return of(
                    node,
                    new ArgumentPosition(1, -1),
                    new ArgumentPosition(2, -1),
                    outputAxis,
                    index);
        }
        return null;
    }

    private static @Nullable WeightedLayer product(Node node, GraphIndex index) {
        Argument right = node.arguments().get(1);
        int dimensions =
                right instanceof Argument.ParameterReference reference
                        ? reference.parameter().getShape().dimension()
                        : 2;
        return of(
                node,
                new ArgumentPosition(0, -1),
                new ArgumentPosition(1, -1),
                dimensions - 1,
                index);
    }

    private static @Nullable WeightedLayer of(
            Node node,
            ArgumentPosition input,
            ArgumentPosition weight,
            int outputAxis,
            GraphIndex index) {
        if (!(GraphIndex.argument(node, input) instanceof Argument.ValueReference)) {
            return null;
        }
        Argument argument = GraphIndex.argument(node, weight);
        Node holder = node;
        ArgumentPosition position = weight;
        int axis = outputAxis;
        if (argument instanceof Argument.ValueReference reference) {
            Node view = transposed(reference.value(), index);
            if (view == null) {
                return null;
            }
            holder = view;
            position = new ArgumentPosition(0, -1);
            argument = view.arguments().get(0);
            axis = 1 - outputAxis;
        }
        if (argument instanceof Argument.ParameterReference reference) {
            String name = new NamedParameter(reference.name(), reference.parameter()).layer();
            return new WeightedLayer(
                    node,
                    name.isEmpty() ? node.op() : name,
                    input,
                    holder,
                    position,
                    reference.name(),
                    reference.parameter(),
                    axis);
        }
        return null;
    }

    /** Returns the node that transposes a parameter of two dimensions to a value, or null. */
    private static @Nullable Node transposed(Value value, GraphIndex index) {
        Node view = index.producer(value);
        boolean matches =
                view != null
                        && (view.op().equals("transpose") || view.op().equals("swapAxes"))
                        && view.arguments().get(0) instanceof Argument.ParameterReference
                        && value.shape().dimension() == 2;
        return matches ? view : null;
    }
}
