package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.github.djlqat.convention.Convention;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recipe as it is written in JSON or YAML; null is a field that is left out. */
record RecipeDocument(
        @Required @JsonPropertyDescription("The name of the recipe.") @Nullable String name,
        @JsonPropertyDescription(
                        "How scales are chosen and values rounded where weights and activations do not say; default where left out.")
                @Nullable Convention convention,
        @JsonPropertyDescription("The weights of layers; left out or null for floating point.")
                @Nullable WeightsDocument weights,
        @JsonPropertyDescription(
                        "The input activations of layers with weights; left out or null for floating point.")
                @Nullable ActivationsDocument activations,
        @JsonPropertyDescription(
                        "The inputs of additions, concatenations and average pooling; left out or null for floating point.")
                @Nullable ActivationsDocument elementwise,
        @JsonPropertyDescription("Exceptions for the layers that they match; later ones win.")
                @Nullable List<RuleDocument> rules,
        @JsonPropertyDescription("What changes while a prepared model is trained.")
                @Nullable TrainingDocument training) {}
