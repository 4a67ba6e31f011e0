package io.github.djlqat.workflow;

import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds recipes: presets by name, others by file. */
public final class Recipes {

    private Recipes() {}

    /**
     * Tells whether a text names a recipe's file rather than a preset.
     *
     * @param nameOrFile the name of a preset, or a file
     * @return whether it ends in .json, .yaml or .yml
     */
    public static boolean isFile(String nameOrFile) {
        String lower = nameOrFile.toLowerCase(Locale.ROOT);
        return lower.endsWith(".json") || lower.endsWith(".yaml") || lower.endsWith(".yml");
    }

    /**
     * Finds a recipe.
     *
     * @param nameOrFile the name of a preset, or a file ending in .json, .yaml or .yml
     * @return the recipe
     * @throws WorkflowException if there is neither, or the file holds no legal recipe
     */
    public static Recipe load(String nameOrFile) {
        return Guard.run(
                () -> {
                    boolean file = isFile(nameOrFile);
                    if (file && !Files.exists(Path.of(nameOrFile))) {
                        throw new WorkflowException("There is no recipe file " + nameOrFile + ".");
                    }
                    if (!file && !Presets.names().contains(nameOrFile)) {
                        throw new WorkflowException(
                                "There is no recipe named "
                                        + nameOrFile
                                        + "; legal are a file ending in .yaml, .yml or .json, and"
                                        + " the presets "
                                        + String.join(", ", Presets.names())
                                        + ".");
                    }
                    return file
                            ? RecipeReader.read(Path.of(nameOrFile))
                            : Presets.named(nameOrFile);
                });
    }
}
