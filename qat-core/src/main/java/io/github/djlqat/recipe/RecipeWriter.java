package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;

/**
 * Prints recipes, with every default written out; what is printed reads back as an equal recipe.
 */
public final class RecipeWriter {

    private RecipeWriter() {}

    /**
     * Prints a recipe as YAML.
     *
     * @param recipe the recipe
     * @return the text, ending in a line feed
     */
    public static String toYaml(Recipe recipe) {
        return print(recipe, RecipeFormat.YAML);
    }

    /**
     * Prints a recipe as JSON.
     *
     * @param recipe the recipe
     * @return the text, ending in a line feed
     */
    public static String toJson(Recipe recipe) {
        return print(recipe, RecipeFormat.JSON);
    }

    /**
     * Prints a recipe.
     *
     * @param recipe the recipe
     * @param format the notation
     * @return the text, ending in a line feed
     */
    public static String print(Recipe recipe, RecipeFormat format) {
        try {
            String text =
                    RecipeMapper.of(format).writeValueAsString(RecipeToDocument.document(recipe));
            return text.endsWith("\n") ? text : text + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The recipe \"" + recipe.name() + "\" could not be printed.", e);
        }
    }
}
