package io.github.djlqat.maven;

import io.github.djlqat.recipe.RecipeException;
import io.github.djlqat.recipe.RecipeReader;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.codehaus.plexus.util.DirectoryScanner;

/** Validates recipes against their schema, and fails the build where one is not legal. */
@Mojo(name = "validate", defaultPhase = LifecyclePhase.PROCESS_RESOURCES, threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
public final class ValidateMojo extends AbstractMojo {

    /** The folder that recipes are in. */
    @Parameter(
            property = "djlqat.recipeDirectory",
            defaultValue = "${project.basedir}/src/main/resources/recipes")
    private File recipeDirectory;

    /** The names of recipes within the folder. */
    @Parameter private String[] includes = {"**/*.yaml", "**/*.yml", "**/*.json"};

    /** Whether to leave the goal out. */
    @Parameter(property = "djlqat.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public void execute() throws MojoFailureException {
        if (skip) {
            getLog().info("Skipped.");
            return;
        }
        if (!recipeDirectory.isDirectory()) {
            getLog().info("There are no recipes in " + recipeDirectory + ".");
            return;
        }
        DirectoryScanner scanner = new DirectoryScanner();
        scanner.setBasedir(recipeDirectory);
        scanner.setIncludes(includes);
        scanner.scan();
        List<String> wrong = new ArrayList<>();
        for (String name : scanner.getIncludedFiles()) {
            Path file = recipeDirectory.toPath().resolve(name);
            try {
                RecipeReader.read(file);
                getLog().info(name + " is a recipe.");
            } catch (RecipeException e) {
                wrong.add(e.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new MojoFailureException(String.join("\n", wrong));
        }
    }
}
