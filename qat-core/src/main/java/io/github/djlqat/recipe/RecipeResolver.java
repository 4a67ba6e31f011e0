package io.github.djlqat.recipe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a recipe means for a layer: the recipe's own formats, changed by the rules that match,
 * in their order.
 */
public final class RecipeResolver {

    private final Recipe recipe;
    private final List<RuleMatcher> matchers;

    /**
     * Prepares a recipe's rules for matching.
     *
     * @param recipe the recipe
     */
    public RecipeResolver(Recipe recipe) {
        this.recipe = recipe;
        this.matchers = recipe.rules().stream().map(RuleMatcher::new).toList();
    }

    /**
     * Resolves one layer of a recipe; for several layers, keep one resolver.
     *
     * @param recipe the recipe
     * @param layerName the full name of the layer
     * @param op the op that uses the layer's weights
     * @param first whether it is the first layer with weights in the order of execution
     * @param last whether it is the last layer with weights in the order of execution
     * @return what is quantized, and how
     */
    public static ResolvedLayer resolve(
            Recipe recipe, String layerName, String op, boolean first, boolean last) {
        return new RecipeResolver(recipe).resolve(layerName, op, first, last);
    }

    /**
     * Resolves a layer. Each matching rule replaces the formats that it gives and keeps the others;
     * an exclusion clears both, and a later matching rule that gives formats takes the layer in
     * again.
     *
     * @param layerName the full name of the layer, such as {@code 02Conv2d}
     * @param op the op that uses the layer's weights, such as {@code convolution}
     * @param first whether it is the first layer with weights in the order of execution
     * @param last whether it is the last layer with weights in the order of execution
     * @return what is quantized, and how
     */
    public ResolvedLayer resolve(String layerName, String op, boolean first, boolean last) {
        @Nullable TensorQuantization weights = recipe.weights();
        @Nullable TensorQuantization activations = recipe.activations();
        boolean excluded = false;
        for (RuleMatcher matcher : matchers) {
            if (!matcher.matches(layerName, op, first, last)) {
                continue;
            }
            Rule rule = matcher.rule();
            excluded = rule.exclude();
            if (excluded) {
                weights = recipe.weights();
                activations = recipe.activations();
                continue;
            }
            weights = rule.weights() != null ? rule.weights() : weights;
            activations = rule.activations() != null ? rule.activations() : activations;
        }
        return excluded ? new ResolvedLayer(null, null) : new ResolvedLayer(weights, activations);
    }

    /**
     * Resolves an operation without weights: the recipe's elementwise format, changed by the rules
     * that name the op, in their order.
     *
     * @param siteName the name of the operation's site, such as {@code add#2}
     * @param op one of {@link ElementwiseOps#NAMES}
     * @return how the operation's inputs are quantized, or null to leave them in floating point
     */
    public @Nullable TensorRecipe resolveElementwise(String siteName, String op) {
        @Nullable TensorRecipe elementwise = recipe.elementwise();
        for (RuleMatcher matcher : matchers) {
            if (matcher.matchesElementwise(siteName, op)) {
                elementwise = (TensorRecipe) matcher.rule().activations();
            }
        }
        return elementwise;
    }

    /**
     * Returns the matchers of the recipe's rules, in the rules' order.
     *
     * @return the matchers
     */
    public List<RuleMatcher> matchers() {
        return matchers;
    }
}
