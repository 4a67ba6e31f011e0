package io.github.djlqat.maven;

import io.github.djlqat.workflow.Recipes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.model.Resource;
import org.apache.maven.project.MavenProject;

/** Finds the recipe that a POM names: a preset, a file, or a resource of the project. */
final class RecipeFinder {

    private RecipeFinder() {}

    /**
     * Finds a recipe.
     *
     * @return a preset's name as it is, or the path of a file
     * @throws IllegalArgumentException if a file is named that is nowhere
     */
    static String find(MavenProject project, String recipe) {
        if (!Recipes.isFile(recipe)) {
            return recipe;
        }
        List<Path> places = new ArrayList<>();
        places.add(project.getBasedir().toPath());
        for (Resource resource : project.getResources()) {
            places.add(Path.of(resource.getDirectory()));
        }
        for (Path place : places) {
            Path file = place.resolve(recipe);
            if (Files.isRegularFile(file)) {
                return file.toString();
            }
        }
        throw new IllegalArgumentException(
                "There is no recipe " + recipe + " in any of " + places + ".");
    }
}
