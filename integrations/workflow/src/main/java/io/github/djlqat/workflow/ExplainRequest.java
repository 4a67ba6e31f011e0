package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.ModelSource;

/**
 * What {@link ExplainRecipeTask} is asked for.
 *
 * @param model the model
 * @param recipe the name of a preset, or a recipe's file
 */
public record ExplainRequest(ModelSource model, String recipe) {}
