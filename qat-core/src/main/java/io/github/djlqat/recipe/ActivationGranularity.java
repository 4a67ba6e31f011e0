package io.github.djlqat.recipe;

/** Which elements of an activation share a scale, as a recipe's text names it. */
enum ActivationGranularity {
    PER_TENSOR,
    PER_TOKEN
}
