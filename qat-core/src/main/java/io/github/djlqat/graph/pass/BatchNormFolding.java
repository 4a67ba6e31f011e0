package io.github.djlqat.graph.pass;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies each BatchNorm behind a convolution or linear layer into the layer's weight and bias:
 * \( w' = w f \), \( b' = (b - \mu) f + \beta \), \( f = \gamma / \sqrt{\sigma^2 + \epsilon} \) by
 * output channel. The folded weights are constants with the values that the parameters have now. A
 * BatchNorm that was traced in training stays: it normalizes by its batch.
 */
public final class BatchNormFolding implements GraphPass {

    private static final Set<String> LAYERS = Set.of("convolution", "linear");
    private static final int INPUT = 1;
    private static final int WEIGHT = 2;
    private static final int BIAS = 3;
    private static final int TRAINING = 9;

    @Override
    public Graph apply(Graph graph) {
        Map<Integer, Integer> uses = Arguments.uses(graph);
        Map<Integer, Integer> layers = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Integer layer = node.op().equals("batchNorm") ? layers.get(input(node)) : null;
            if (layer == null || !isFoldable(nodes.get(layer), node, uses)) {
                if (LAYERS.contains(node.op())) {
                    layers.put(node.outputs().get(0).id(), nodes.size());
                }
                nodes.add(node);
            } else {
                nodes.set(layer, folded(nodes.get(layer), node));
                layers.put(node.outputs().get(0).id(), layer);
            }
        }
        return new Graph(graph.inputs(), nodes, graph.outputs());
    }

    private static int input(Node node) {
        return node.arguments().get(INPUT) instanceof Argument.ValueReference reference
                ? reference.value().id()
                : -1;
    }

    private static boolean isFoldable(Node layer, Node norm, Map<Integer, Integer> uses) {
        Value output = layer.outputs().get(0);
        int rank = output.shape().dimension();
        int channels = layer.op().equals("linear") ? rank - 1 : 1;
        boolean known =
                Arrays.stream(new int[] {WEIGHT, BIAS})
                        .mapToObj(layer.arguments()::get)
                        .allMatch(BatchNormFolding::isKnown);
        return uses.getOrDefault(output.id(), 0) == 1
                && known
                && norm.arguments().subList(2, 6).stream().allMatch(BatchNormFolding::isKnown)
                && Math.floorMod(number(norm, 6).intValue(), rank) == channels
                && norm.arguments().get(TRAINING).equals(new Argument.Literal(false));
    }

    private static boolean isKnown(Argument argument) {
        return argument instanceof Argument.ParameterReference
                || argument instanceof Argument.Constant constant
                        && constant.data() instanceof float[]
                || argument instanceof Argument.Literal literal && literal.value() == null;
    }

    private static Node folded(Node layer, Node norm) {
        float[] weight = present(layer.arguments().get(WEIGHT));
        float[] bias = values(layer.arguments().get(BIAS));
        float[] mean = present(norm.arguments().get(2));
        float[] variance = present(norm.arguments().get(3));
        float[] gamma = values(norm.arguments().get(4));
        float[] beta = values(norm.arguments().get(5));
        double epsilon = number(norm, 8).doubleValue();
        int channels = variance.length;
        int size = weight.length / channels;
        float[] foldedWeight = new float[weight.length];
        float[] foldedBias = new float[channels];
        for (int i = 0; i < channels; i++) {
            double factor = (gamma == null ? 1 : gamma[i]) / Math.sqrt(variance[i] + epsilon);
            for (int j = i * size; j < (i + 1) * size; j++) {
                foldedWeight[j] = (float) (weight[j] * factor);
            }
            double own = bias == null ? 0 : bias[i];
            foldedBias[i] = (float) ((own - mean[i]) * factor + (beta == null ? 0 : beta[i]));
        }
        String name = layer.site().name() + "_" + layer.outputs().get(0).id();
        List<Argument> arguments = new ArrayList<>(layer.arguments());
        arguments.set(
                WEIGHT,
                new Argument.Constant(
                        name + "_weight_folded",
                        shape(layer.arguments().get(WEIGHT)),
                        foldedWeight));
        arguments.set(
                BIAS,
                new Argument.Constant(name + "_bias_folded", new Shape(channels), foldedBias));
        return new Node(layer.op(), layer.site(), arguments, norm.outputs(), layer.source());
    }

    private static Number number(Node node, int i) {
        return (Number)
                Objects.requireNonNull(((Argument.Literal) node.arguments().get(i)).value());
    }

    private static Shape shape(Argument argument) {
        return argument instanceof Argument.ParameterReference reference
                ? reference.parameter().getShape()
                : ((Argument.Constant) argument).shape();
    }

    private static float[] present(Argument argument) {
        return Objects.requireNonNull(values(argument));
    }

    private static float @Nullable [] values(Argument argument) {
        if (argument instanceof Argument.ParameterReference reference) {
            return reference.parameter().getArray().toFloatArray();
        }
        return argument instanceof Argument.Constant constant ? (float[]) constant.data() : null;
    }
}
