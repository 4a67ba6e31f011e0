package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the BatchNorms that can be folded into the layers before them. */
final class BatchNormFolds {

    private BatchNormFolds() {}

    /** Returns the BatchNorm that is the only use of a layer's output, or null. */
    static @Nullable BatchNormFold behind(WeightedLayer layer, GraphIndex index) {
        Value output = layer.node().outputs().get(0);
        List<Use> uses = index.uses(output);
        if (layer.weightNode() != layer.node() || uses.size() != 1 || index.isOutput(output)) {
            return null;
        }
        Node next = uses.get(0).node();
        if (!next.op().equals("batchNorm")
                || !(next.arguments().get(6) instanceof Argument.Literal axis)) {
            return null;
        }
        if (!countsChannels(axis, layer)
                || !isParameterOrNone(next.arguments().get(4))
                || !isParameterOrNone(next.arguments().get(5))
                || !(next.arguments().get(2) instanceof Argument.ParameterReference mean)
                || !(next.arguments().get(3) instanceof Argument.ParameterReference variance)
                || !(next.arguments().get(8) instanceof Argument.Literal epsilon)
                || !(epsilon.value() instanceof Float eps)) {
            return null;
        }
        if (variance.parameter().getShape().size()
                != layer.parameter().getShape().get(layer.outputAxis())) {
            return null;
        }
        return new BatchNormFold(
                next.site(),
                parameter(next.arguments().get(4)),
                parameter(next.arguments().get(5)),
                mean.parameter(),
                variance.parameter(),
                eps);
    }

    /**
     * Folding needs a bias to move the shift into, and a BatchNorm over the layer's own output
     * channels.
     */
    private static boolean countsChannels(Argument.Literal axis, WeightedLayer layer) {
        Node node = layer.node();
        int channelAxis =
                switch (node.op()) {
                    case "convolution", "deconvolution" -> 1;
                    case "linear" -> node.outputs().get(0).shape().dimension() - 1;
                    default -> -1;
                };
        return channelAxis == 1
                && Integer.valueOf(1).equals(axis.value())
                && isParameterOrNone(node.arguments().get(3));
    }

    private static boolean isParameterOrNone(Argument argument) {
        return argument instanceof Argument.ParameterReference
                || argument instanceof Argument.Literal literal && literal.value() == null;
    }

    private static @Nullable Parameter parameter(Argument argument) {
        return argument instanceof Argument.ParameterReference reference
                ? reference.parameter()
                : null;
    }
}
