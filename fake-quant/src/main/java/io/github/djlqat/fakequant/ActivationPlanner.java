package io.github.djlqat.fakequant;

import io.github.djlqat.fakequant.GraphIndex.Use;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses where activations are quantized from what layers demand of their inputs.
 *
 * <p>A demand moves up through operations that preserve values, such as max pooling and reshaping,
 * so that a runtime performs them on codes. Demands of one format on one value share one quantizer.
 */
final class ActivationPlanner {

    private record Demand(Value value, TensorRecipe recipe) {}

    private final Graph graph;
    private final GraphIndex index;
    private final Map<String, QuantizerPlan> quantizers;
    private final Map<Demand, String> shared = new HashMap<>();
    private final Map<Site, Map<ArgumentPosition, String>> uses = new HashMap<>();
    private final Map<String, String> united = new HashMap<>();

    /** Begins; the quantizers of activations join those given, in the order of their first use. */
    ActivationPlanner(Graph graph, GraphIndex index, Map<String, QuantizerPlan> quantizers) {
        this.graph = graph;
        this.index = index;
        this.quantizers = quantizers;
    }

    /** Returns the quantizer of each argument. */
    Map<Site, Map<ArgumentPosition, String>> uses() {
        return uses;
    }

    /**
     * Has an argument quantized, at the argument itself or further up.
     *
     * @return the name of the quantizer, or null where none is needed
     */
    @Nullable String demand(Use use, TensorRecipe format) {
        Value value = GraphIndex.value(use);
        Node producer = index.producer(value);
        if (producer != null && Ops.isCreator(producer.op())) {
            return null;
        }
        if (producer != null
                && Ops.isValuePreserving(producer.op())
                && !isByToken(format)
                && canMoveUp(producer, format)) {
            String name = null;
            for (Use source : GraphIndex.inputs(producer)) {
                name = unite(name, demand(source, format));
            }
            return name;
        }
        String known = quantizerAt(use);
        if (known != null) {
            return known;
        }
        String name = shared.computeIfAbsent(new Demand(value, format), d -> define(d, producer));
        uses.computeIfAbsent(use.node().site(), s -> new HashMap<>()).put(use.position(), name);
        return name;
    }

    /** Has an argument read the codes of a quantizer, if it is not quantized already. */
    void join(Use use, String quantizer) {
        uses.computeIfAbsent(use.node().site(), s -> new HashMap<>())
                .putIfAbsent(use.position(), quantizer);
    }

    static boolean isByToken(TensorRecipe recipe) {
        return recipe.scheme().granularity() instanceof Granularity.PerToken;
    }

    /** Nothing else may have asked for another format of the operation's inputs. */
    private boolean canMoveUp(Node node, TensorRecipe format) {
        List<Use> inputs = GraphIndex.inputs(node);
        if (inputs.isEmpty()) {
            return false;
        }
        for (Use input : inputs) {
            String given = quantizerAt(input);
            if (given != null && !plan(given).recipe().equals(format)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the quantizer of an argument, or null. */
    @Nullable String quantizerAt(Use use) {
        return uses.getOrDefault(use.node().site(), Map.of()).get(use.position());
    }

    /**
     * Returns the plan of a quantizer.
     *
     * @throws IllegalStateException if there is none of the name
     */
    QuantizerPlan plan(String name) {
        QuantizerPlan plan = quantizers.get(name);
        if (plan == null) {
            throw new IllegalStateException("No quantizer is named " + name + ".");
        }
        return plan;
    }

    /** Joined arrays share one scale, so that joining them changes no code. */
    @Nullable String unite(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        String kept = current(one);
        String dropped = current(other);
        if (kept.equals(dropped) || !plan(kept).recipe().equals(plan(dropped).recipe())) {
            return kept;
        }
        for (Map<ArgumentPosition, String> positions : uses.values()) {
            positions.replaceAll((position, name) -> name.equals(dropped) ? kept : name);
        }
        shared.replaceAll((demand, name) -> name.equals(dropped) ? kept : name);
        quantizers.remove(dropped);
        united.put(dropped, kept);
        return kept;
    }

    /** Returns the name of the quantizer that a quantizer was united with, or its own. */
    String current(String name) {
        String result = name;
        for (String next = united.get(result); next != null; next = united.get(result)) {
            result = next;
        }
        return result;
    }

    private String define(Demand demand, @Nullable Node producer) {
        String base =
                producer == null
                        ? "input" + graph.inputs().indexOf(demand.value())
                        : producer.site().name();
        String op =
                producer == null
                                || base.equals(producer.op())
                                || base.startsWith(producer.op() + "#")
                        ? ""
                        : "_" + producer.op();
        String name = base + op;
        if (isTaken(name)) {
            name = name + "_" + demand.recipe().scheme().format().formatName();
        }
        String unique = name;
        for (int i = 2; isTaken(unique); i++) {
            unique = name + "_" + i;
        }
        quantizers.put(
                unique,
                new QuantizerPlan(unique, demand.recipe(), demand.value().shape(), null, false));
        return unique;
    }

    private boolean isTaken(String name) {
        return quantizers.containsKey(name) || united.containsKey(name);
    }
}
