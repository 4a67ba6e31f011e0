package io.github.djlqat.sensitivity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.List;

/** Writes a candidate as a recipe does its formats, so that nothing of them is lost. */
final class CandidateJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private CandidateJson() {}

    static JsonNode write(Candidate candidate) {
        if (candidate.isFloatingPoint()) {
            return TextNode.valueOf(candidate.name());
        }
        Recipe recipe =
                new Recipe(
                        candidate.name(),
                        candidate.weights(),
                        candidate.activations(),
                        null,
                        List.of(),
                        TrainingOptions.DEFAULT);
        try {
            return JSON.readTree(RecipeWriter.toJson(recipe));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The candidate " + candidate.name() + " could not be written.", e);
        }
    }

    static Candidate read(JsonNode json) {
        if (json.isTextual()) {
            return new Candidate(json.textValue(), null, null);
        }
        Recipe recipe = RecipeReader.read(json.toString(), RecipeFormat.JSON);
        return new Candidate(recipe.name(), recipe.weights(), recipe.activations());
    }
}
