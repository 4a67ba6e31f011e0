package io.github.djlqat.sensitivity;

import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeResolver;
import io.github.djlqat.recipe.ResolvedLayer;
import io.github.djlqat.recipe.Rule;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a candidate for each layer as a recipe of rules by the layers' names. */
public final class MixedPrecisionRecipe {

    /** What has a meaning in patterns of names, or none there and may not stand in one. */
    private static final String NOT_IN_PATTERNS = "[]{}()|^+\\,!\"'<>*";

    private MixedPrecisionRecipe() {}

    /**
     * Writes a recipe. Layers that are not named stay in floating point.
     *
     * @param name the recipe's name
     * @param candidates the candidate by the layer's name
     * @param elementwise how the inputs of additions, concatenations and average pooling are
     *     quantized, or null to leave them in floating point
     * @param training the training-time options
     * @return the recipe
     * @throws IllegalArgumentException if every layer stays in floating point, or if names cannot
     *     be told apart by patterns
     */
    public static Recipe of(
            String name,
            Map<String, Candidate> candidates,
            @Nullable TensorRecipe elementwise,
            TrainingOptions training) {
        List<Rule> rules = new ArrayList<>();
        candidates.forEach((layer, candidate) -> rules.add(rule(layer, candidate)));
        Recipe recipe = new Recipe(name, null, null, elementwise, rules, training);
        RecipeResolver resolver = new RecipeResolver(recipe);
        candidates.forEach((layer, candidate) -> requireSame(resolver, layer, candidate));
        return recipe;
    }

    private static Rule rule(String layer, Candidate candidate) {
        String pattern = pattern(layer);
        return candidate.isFloatingPoint()
                ? Rule.excluding(pattern)
                : new Rule(
                        pattern, null, null, false, candidate.weights(), candidate.activations());
    }

    private static String pattern(String layer) {
        StringBuilder pattern = new StringBuilder();
        layer.chars().forEach(c -> pattern.append(NOT_IN_PATTERNS.indexOf(c) < 0 ? (char) c : '?'));
        return pattern.toString();
    }

    private static void requireSame(RecipeResolver resolver, String layer, Candidate candidate) {
        ResolvedLayer resolved = resolver.resolve(layer, "", false, false);
        if (!Objects.equals(resolved.weights(), candidate.weights())
                || !Objects.equals(resolved.activations(), candidate.activations())) {
            throw new IllegalArgumentException(
                    "The layer "
                            + layer
                            + " cannot be told from others by a pattern of its name; rename it.");
        }
    }
}
