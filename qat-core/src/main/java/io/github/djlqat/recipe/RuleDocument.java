package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A rule as it is written in JSON or YAML; null is a field that is left out. */
record RuleDocument(
        @JsonPropertyDescription(
                        "A pattern over the layer's name, or the operation's, such as add#2 for the second addition:"
                                + " * is any run of characters, ? is one.")
                @Nullable String name,
        @JsonPropertyDescription(
                        "The op that uses the layer's weights, or an op without weights, which only rules that name it"
                                + " match.")
                @Nullable String op,
        @JsonPropertyDescription(
                        "The place among the layers with weights, in the order of execution.")
                @Nullable Position position,
        @JsonPropertyDescription(
                        "Whether matched layers and operations stay in floating point; false where left out.")
                @Nullable Boolean exclude,
        @JsonPropertyDescription(
                        "The weights of matched layers; the recipe's where left out or null.")
                @Nullable WeightsDocument weights,
        @JsonPropertyDescription(
                        "The input activations of matched layers or operations; the recipe's where left out or null.")
                @Nullable ActivationsDocument activations) {}
