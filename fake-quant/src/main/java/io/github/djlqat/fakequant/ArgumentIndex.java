package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.fakequant.QuantizedArgument.WeightValues;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The quantized arguments of a prepared model by the plan of their site. */
final class ArgumentIndex {

    private final QuantizedBlock block;
    private final Map<SitePlan, Node> nodes = new IdentityHashMap<>();
    private final Map<SitePlan, QuantizedOperation> operations = new IdentityHashMap<>();

    ArgumentIndex(QuantizedBlock block) {
        this.block = block;
        Map<Site, Node> bySite = new HashMap<>();
        block.graphs().get(0).nodes().forEach(node -> bySite.put(node.site(), node));
        block.plan().sites().forEach((site, plan) -> nodes.put(plan, bySite.get(site)));
    }

    QuantizedOperation operation(Site site, SitePlan plan) {
        return operations.computeIfAbsent(
                plan,
                p -> {
                    List<QuantizedArgument> all = new ArrayList<>(activations(p).values());
                    all.addAll(weights(p));
                    Node node = nodes.get(p);
                    Site traced = node == null ? site : node.site();
                    return new QuantizedOperation(traced.name(), traced.op(), all);
                });
    }

    /** Whether a later operation is the one to compare: a weight's transposition, or a fold. */
    boolean isCompletedLater(String op, SitePlan plan) {
        boolean folded =
                plan.weights().values().stream().anyMatch(use -> use.fold() != null)
                        && !plan.foldedBatchNorm();
        return folded || Ops.isValuePreserving(op) && activations(plan).isEmpty();
    }

    Map<ArgumentPosition, QuantizedArgument> activations(SitePlan plan) {
        Map<ArgumentPosition, QuantizedArgument> found = new LinkedHashMap<>();
        plan.activations().forEach((position, name) -> found.put(position, activation(name)));
        plan.formats()
                .forEach(
                        (position, use) -> {
                            if (!use.weight()) {
                                Node node = nodes.get(plan);
                                String name = node == null ? "input" : node.site().name();
                                found.put(
                                        position,
                                        new QuantizedArgument(
                                                name + " input",
                                                new FormatRecipe(use.format()),
                                                null));
                            }
                        });
        plan.estimators()
                .forEach(
                        (position, name) -> {
                            EstimatorQuantize estimator = estimator(name);
                            if (!estimator.plan().weight()) {
                                found.put(
                                        position,
                                        new QuantizedArgument(name, estimator.getRecipe(), null));
                            }
                        });
        return found;
    }

    private QuantizedArgument activation(String name) {
        FakeQuantize quantizer = quantizer(name);
        return new QuantizedArgument(
                name,
                quantizer.getRecipe(),
                quantizer.isDynamic() || !quantizer.isCalibrated()
                        ? null
                        : quantizer.getQuantizationParameters());
    }

    private List<QuantizedArgument> weights(SitePlan plan) {
        List<QuantizedArgument> found = new ArrayList<>();
        plan.weights()
                .forEach(
                        (position, use) -> {
                            Argument.ParameterReference weight = parameter(plan, position);
                            if (weight != null) {
                                found.add(weight(use, weight.parameter()));
                            }
                        });
        plan.formats()
                .forEach(
                        (position, use) -> {
                            Argument.ParameterReference weight = parameter(plan, position);
                            if (use.weight() && weight != null) {
                                found.add(
                                        new QuantizedArgument(
                                                weight.name(),
                                                new FormatRecipe(use.format()),
                                                null,
                                                weight.parameter(),
                                                () ->
                                                        new WeightValues(
                                                                values(weight.parameter()),
                                                                block.quantizers()
                                                                        .rounded(
                                                                                weight.parameter(),
                                                                                use))));
                            }
                        });
        plan.estimators()
                .forEach(
                        (position, name) -> {
                            Argument.ParameterReference weight = parameter(plan, position);
                            EstimatorQuantize estimator = estimator(name);
                            if (estimator.plan().weight() && weight != null) {
                                found.add(
                                        new QuantizedArgument(
                                                name,
                                                estimator.getRecipe(),
                                                null,
                                                weight.parameter(),
                                                () ->
                                                        new WeightValues(
                                                                values(weight.parameter()),
                                                                block.quantizers()
                                                                        .estimated(
                                                                                weight.parameter(),
                                                                                name))));
                            }
                        });
        return found;
    }

    private QuantizedArgument weight(WeightUse use, Parameter weight) {
        FakeQuantize quantizer = quantizer(use.quantizer());
        QuantizationParameters parameters =
                quantizer.isDynamic() ? null : quantizer.getQuantizationParameters();
        return new QuantizedArgument(
                use.quantizer(),
                quantizer.getRecipe(),
                parameters,
                weight,
                () -> integers(weight, use, Objects.requireNonNull(parameters)));
    }

    private static WeightValues integers(
            Parameter weight, WeightUse use, QuantizationParameters parameters) {
        float[] values = FoldedWeight.values(weight, use, parameters.scheme());
        return new WeightValues(
                values, IntegerCodec.quantize(values, weight.getShape(), parameters).dequantize());
    }

    private static float[] values(Parameter weight) {
        return weight.getArray().toFloatArray();
    }

    private Argument.@Nullable ParameterReference parameter(
            SitePlan plan, ArgumentPosition position) {
        Node node = nodes.get(plan);
        if (node == null) {
            return null;
        }
        Argument argument = node.arguments().get(position.index());
        if (argument instanceof Argument.Sequence sequence && position.element() >= 0) {
            argument = sequence.elements().get(position.element());
        }
        return argument instanceof Argument.ParameterReference reference ? reference : null;
    }

    private FakeQuantize quantizer(String name) {
        return Objects.requireNonNull(block.getQuantizers().get(name), name);
    }

    private EstimatorQuantize estimator(String name) {
        return Objects.requireNonNull(block.estimators().get(name), name);
    }
}
