package io.github.djlqat.recipe;

import java.util.Locale;

/** The notations in which a recipe can be written. */
public enum RecipeFormat {
    /** JSON (RFC 8259). */
    JSON,
    /** YAML, without aliases. */
    YAML;

    /**
     * Tells the notation by a file's name.
     *
     * @param fileName the name of a file, or the path of a URL
     * @return JSON for {@code .json}, YAML for {@code .yaml} and {@code .yml}
     * @throws RecipeException if the name ends otherwise
     */
    public static RecipeFormat ofFileName(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".json")) {
            return JSON;
        }
        if (lower.endsWith(".yaml") || lower.endsWith(".yml")) {
            return YAML;
        }
        throw new RecipeException(
                fileName, 0, 0, "the name of a recipe's file ends in .json, .yaml or .yml.", null);
    }
}
