package io.github.djlqat.workflow;

import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells which quantizer rounds the input of each layer. A quantizer stands where a tensor is
 * computed, and what only moves values, such as a change of shape, may come between it and the
 * layer.
 */
final class InputQuantizers {

    private final Map<QuantizationParameters, String> names = new HashMap<>();
    private final Map<Value, Node> origins = new HashMap<>();

    private InputQuantizers() {}

    /**
     * Finds the quantizers.
     *
     * @param block a calibrated block whose activations have one scale each; its scales are others
     *     afterwards
     * @return the name of the quantizer by the name of the layer
     */
    static Map<String, String> of(QuantizedBlock block) {
        InputQuantizers found = new InputQuantizers();
        // The converted graph has no names of quantizers, but their scales.
        for (Map.Entry<String, FakeQuantize> entry : block.getQuantizers().entrySet()) {
            if (!block.isWeightQuantizer(entry.getKey())) {
                QuantizationParameters known = entry.getValue().getQuantizationParameters();
                QuantizationParameters numbered =
                        new QuantizationParameters(
                                known.scheme(),
                                new float[] {found.names.size() + 1},
                                known.zeroPoints());
                entry.getValue().calibrate(new KnownParameters(numbered));
                found.names.put(numbered, entry.getKey());
            }
        }
        Graph graph = Quantization.convert(block).graph();
        graph.nodes().forEach(node -> node.outputs().forEach(v -> found.origins.put(v, node)));
        Map<String, String> names = new LinkedHashMap<>();
        for (QuantizedLayer layer : block.getLayers()) {
            for (Node node : graph.nodes()) {
                if (node.site().equals(layer.site()) && node.op().equals(layer.site().op())) {
                    String name = found.name(node.arguments().get(layer.inputIndex()));
                    if (name != null) {
                        names.put(layer.name(), name);
                    }
                }
            }
        }
        return names;
    }

    private @Nullable String name(Argument argument) {
        Argument at = argument;
        while (at instanceof Argument.ValueReference reference) {
            Node node = origins.get(reference.value());
            if (node == null) {
                return null;
            }
            if (node.op().equals(Node.FAKE_QUANTIZE)) {
                return node.arguments().get(1) instanceof Argument.Literal literal
                        ? names.get(literal.value())
                        : null;
            }
            if (!Ops.isValuePreserving(node.op())) {
                return null;
            }
            at = node.arguments().get(0);
        }
        return null;
    }
}
