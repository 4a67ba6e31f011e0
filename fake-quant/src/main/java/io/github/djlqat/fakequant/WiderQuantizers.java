package io.github.djlqat.fakequant;

import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a value's quantizer of few bits behind its quantizer of more bits, where different uses ask
 * for both, so that a runtime keeps one tensor of codes and what computes the value stays in
 * integers.
 */
final class WiderQuantizers {

    private final GraphIndex index;
    private final Map<Site, Map<ArgumentPosition, String>> activations;
    private final Map<String, QuantizerPlan> quantizers;

    private WiderQuantizers(
            GraphIndex index,
            Map<Site, Map<ArgumentPosition, String>> activations,
            Map<String, QuantizerPlan> quantizers) {
        this.index = index;
        this.activations = activations;
        this.quantizers = quantizers;
    }

    /** Returns the quantizer that an argument passes before its own, where there is one. */
    static Map<Site, Map<ArgumentPosition, String>> find(
            Graph graph,
            GraphIndex index,
            Map<Site, Map<ArgumentPosition, String>> activations,
            Map<String, QuantizerPlan> quantizers) {
        WiderQuantizers finder = new WiderQuantizers(index, activations, quantizers);
        Map<Site, Map<ArgumentPosition, String>> found = new HashMap<>();
        for (Node node : graph.nodes()) {
            for (Use use : GraphIndex.inputs(node)) {
                String wider = finder.wider(use);
                if (wider != null) {
                    found.computeIfAbsent(node.site(), s -> new HashMap<>())
                            .put(use.position(), wider);
                }
            }
        }
        return found;
    }

    private @Nullable String wider(Use use) {
        String own = quantizerAt(use);
        if (own == null) {
            return null;
        }
        Value value = GraphIndex.value(use);
        return index.uses(value).stream()
                .map(this::quantizerAt)
                .filter(Objects::nonNull)
                .max(Comparator.comparingInt(this::bits).thenComparing(Comparator.naturalOrder()))
                .filter(widest -> bits(widest) > bits(own))
                .orElse(null);
    }

    private int bits(String quantizer) {
        return Objects.requireNonNull(quantizers.get(quantizer)).recipe().scheme().format().bits();
    }

    private @Nullable String quantizerAt(Use use) {
        return activations.getOrDefault(use.node().site(), Map.of()).get(use.position());
    }
}
