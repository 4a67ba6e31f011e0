package io.github.djlqat.workflow;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeResolver;
import io.github.djlqat.recipe.ResolvedLayer;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.recipe.RuleMatcher;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.workflow.model.BlockModel;
import io.github.djlqat.workflow.model.ModelReaders;
import io.github.djlqat.workflow.model.OpenedModel;
import io.github.djlqat.workflow.model.ScriptModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Says what a recipe makes of each layer of a model, and by which rules. A recipe that the model
 * cannot be prepared by is refused as it is when it is prepared.
 */
public final class ExplainRecipeTask implements Task<ExplainRequest, ExplainResult> {

    /** Creates the task. */
    public ExplainRecipeTask() {}

    @Override
    public ExplainResult run(ExplainRequest request, Progress progress) {
        Recipe recipe = Recipes.load(request.recipe());
        return Guard.run(
                () -> {
                    try (OpenedModel model = ModelReaders.open(request.model())) {
                        List<LayerInfo> layers = Layers.of(model);
                        check(model, recipe);
                        return explain(request, recipe, layers);
                    }
                });
    }

    private static void check(OpenedModel model, Recipe recipe) {
        if (model instanceof ScriptModel script) {
            TorchScriptQuantization.prepare(script.archive(), recipe);
        } else if (model instanceof BlockModel block) {
            Quantization.prepare(
                    block.plainBlock(),
                    block.model().getNDManager(),
                    recipe,
                    Models.requireInputShapes(block).toArray(Shape[]::new));
        } else {
            throw Models.notQuantizable(model);
        }
    }

    private static ExplainResult explain(
            ExplainRequest request, Recipe recipe, List<LayerInfo> layers) {
        RecipeResolver resolver = new RecipeResolver(recipe);
        List<String> weighted =
                layers.stream()
                        .filter(layer -> layer.kind().equals(LayerInfo.LAYER))
                        .map(LayerInfo::name)
                        .toList();
        List<LayerDecision> decisions = new ArrayList<>();
        double bits = 0;
        double values = 0;
        int position = 0;
        for (LayerInfo layer : layers) {
            if (!layer.kind().equals(LayerInfo.LAYER)) {
                decisions.add(operation(recipe, resolver, layer));
                continue;
            }
            boolean first = position == 0;
            boolean last = position == weighted.size() - 1;
            position++;
            ResolvedLayer resolved = resolver.resolve(layer.name(), layer.op(), first, last);
            List<Integer> rules =
                    matching(resolver, m -> m.matches(layer.name(), layer.op(), first, last));
            decisions.add(
                    new LayerDecision(
                            layer,
                            Descriptions.of(resolved.weights()),
                            Descriptions.of(resolved.activations()),
                            rules,
                            why(recipe, rules, "the recipe's weights and activations")));
            double size =
                    layer.weightShape() == null
                            ? Double.NaN
                            : layer.weightShape().stream().reduce(1L, (a, b) -> a * b);
            bits += size * Descriptions.bits(resolved.weights());
            values += size;
        }
        return new ExplainResult(
                request.model().path().toString(), recipe.name(), decisions, bits / values);
    }

    private static LayerDecision operation(
            Recipe recipe, RecipeResolver resolver, LayerInfo layer) {
        if (layer.kind().equals(LayerInfo.ELEMENTWISE)) {
            List<Integer> rules =
                    matching(resolver, m -> m.matchesElementwise(layer.name(), layer.op()));
            return new LayerDecision(
                    layer,
                    Descriptions.FLOAT,
                    Descriptions.of(resolver.resolveElementwise(layer.name(), layer.op())),
                    rules,
                    why(recipe, rules, "the recipe's elementwise"));
        }
        // Products of two activations are quantized by rules that name their operation.
        List<Integer> rules =
                matching(
                        resolver,
                        m ->
                                m.rule().op() != null
                                        && m.matches(layer.name(), layer.op(), false, false));
        ResolvedLayer resolved = resolver.resolve(layer.name(), layer.op(), false, false);
        return new LayerDecision(
                layer,
                Descriptions.FLOAT,
                rules.isEmpty() ? Descriptions.FLOAT : Descriptions.of(resolved.activations()),
                rules,
                why(recipe, rules, "no rule names its operation"));
    }

    private static List<Integer> matching(RecipeResolver resolver, Predicate<RuleMatcher> matches) {
        List<Integer> rules = new ArrayList<>();
        for (int i = 0; i < resolver.matchers().size(); i++) {
            if (matches.test(resolver.matchers().get(i))) {
                rules.add(i + 1);
            }
        }
        return List.copyOf(rules);
    }

    private static String why(Recipe recipe, List<Integer> rules, String otherwise) {
        if (rules.isEmpty()) {
            return otherwise;
        }
        List<String> reasons = new ArrayList<>();
        for (int number : rules) {
            reasons.add("rule " + number + " (" + describe(recipe.rules().get(number - 1)) + ")");
        }
        return String.join(", then ", reasons);
    }

    private static String describe(Rule rule) {
        List<String> parts = new ArrayList<>();
        if (rule.position() != null) {
            parts.add("position: " + rule.position().name().toLowerCase(Locale.ROOT));
        }
        if (rule.op() != null) {
            parts.add("op: " + rule.op());
        }
        if (rule.name() != null) {
            parts.add("name: " + rule.name());
        }
        if (rule.exclude()) {
            parts.add("exclude");
        }
        return String.join(", ", parts);
    }
}
