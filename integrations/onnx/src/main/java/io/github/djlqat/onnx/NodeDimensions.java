package io.github.djlqat.onnx;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.NodeArguments;
import java.util.List;
import java.util.Optional;

/**
 * What is known of the dimensions of a node's tensors.
 *
 * @param scaling what the traces say of sizes
 * @param node the node
 * @param index its number in the graph
 * @param arguments its arguments
 */
record NodeDimensions(SizeScaling scaling, Node node, int index, NodeArguments arguments) {

    /**
     * Returns an output's dimensions.
     *
     * @throws OnnxExportException if one of them follows no formula
     */
    List<Extent> of(int output) {
        return scaling.extents(index, output);
    }

    /** Returns what is known of an output's dimension. */
    Optional<Extent> known(int output, int axis) {
        return scaling.knownExtents(index, output).get(axis);
    }

    /** Whether a dimension of an output does not depend on dynamic sizes. */
    boolean isFixed(int output, int axis) {
        return known(output, axis).filter(Extent::isConstant).isPresent();
    }

    /** Whether a dimension of a tensor argument does not depend on dynamic sizes. */
    boolean isArgumentFixed(int i, int axis) {
        return !(arguments.get(i) instanceof Argument.ValueReference reference)
                || scaling.isFixed(reference.value(), axis);
    }

    /** Whether a dimension of an output always equals that of a tensor argument. */
    boolean isSame(int output, int axis, int i, int argumentAxis) {
        return arguments.get(i) instanceof Argument.ValueReference reference
                && argumentAxis < reference.value().shape().dimension()
                && scaling.isSameDimension(
                        reference.value(), argumentAxis, node.outputs().get(output), axis);
    }
}
