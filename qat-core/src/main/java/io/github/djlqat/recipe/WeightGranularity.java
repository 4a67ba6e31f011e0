package io.github.djlqat.recipe;

/** Which elements of a weight share a scale, as a recipe's text names it. */
enum WeightGranularity {
    PER_TENSOR,
    PER_CHANNEL,
    PER_GROUP,
    PER_BLOCK
}
