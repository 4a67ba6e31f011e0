package io.github.djlqat.recipe;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is quantized, and how.
 *
 * <p>{@link Presets} holds the usual ones, {@link RecipeReader} reads one from JSON or YAML, {@link
 * RecipeWriter} prints one, and {@link RecipeResolver} says what it means for a layer.
 *
 * @param name the name of the recipe
 * @param weights the weights of layers, or null to leave them in floating point
 * @param activations the input activations of layers with weights, or null to leave them in
 *     floating point
 * @param elementwise the inputs of additions, concatenations and average pooling, or null to leave
 *     them in floating point
 * @param rules exceptions, later ones win
 * @param training the training-time options
 */
public record Recipe(
        String name,
        @Nullable TensorQuantization weights,
        @Nullable TensorQuantization activations,
        @Nullable TensorRecipe elementwise,
        List<Rule> rules,
        TrainingOptions training) {

    /**
     * Copies the rules and checks that the parts go together.
     *
     * @param name the name of the recipe
     * @param weights the weights of layers, or null to leave them in floating point
     * @param activations the input activations of layers with weights, or null to leave them in
     *     floating point
     * @param elementwise the inputs of additions, concatenations and average pooling, or null to
     *     leave them in floating point
     * @param rules exceptions, later ones win
     * @param training the training-time options
     * @throws IllegalArgumentException if the name is blank or not printable, if nothing is
     *     quantized, or if a tensor's recipe is not legal where it stands
     */
    public Recipe {
        Objects.requireNonNull(training, "training");
        if (name.isBlank() || !Names.isPrintable(name)) {
            throw new IllegalArgumentException(
                    Names.quote(name)
                            + " is not a name; legal are printable characters, not all blank.");
        }
        rules = List.copyOf(rules);
        boolean ruled = rules.stream().anyMatch(rule -> !rule.exclude());
        if (weights == null && activations == null && elementwise == null && !ruled) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + name
                            + "\" quantizes nothing; it needs weights, activations or elementwise, or a rule that gives formats.");
        }
        TensorRecipes.checkWeights(weights);
        TensorRecipes.checkActivations(activations, "activations");
        TensorRecipes.checkActivations(elementwise, "elementwise");
        TensorRecipes.checkPair(weights, activations);
        for (Rule rule : rules) {
            if (!rule.exclude() && !rule.isElementwise()) {
                TensorRecipes.checkPair(
                        rule.weights() != null ? rule.weights() : weights,
                        rule.activations() != null ? rule.activations() : activations);
            }
        }
    }

    /**
     * Returns this recipe under another name.
     *
     * @param newName the name
     * @return the recipe
     */
    public Recipe withName(String newName) {
        return new Recipe(newName, weights, activations, elementwise, rules, training);
    }

    /**
     * Returns this recipe with other rules.
     *
     * @param newRules the rules, later ones win
     * @return the recipe
     */
    public Recipe withRules(List<Rule> newRules) {
        return new Recipe(name, weights, activations, elementwise, newRules, training);
    }

    /**
     * Returns this recipe with other training-time options.
     *
     * @param newTraining the options
     * @return the recipe
     */
    public Recipe withTraining(TrainingOptions newTraining) {
        return new Recipe(name, weights, activations, elementwise, rules, newTraining);
    }
}
