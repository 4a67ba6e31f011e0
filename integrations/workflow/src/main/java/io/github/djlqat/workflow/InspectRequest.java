package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.ModelSource;

/**
 * What {@link InspectTask} is asked for.
 *
 * @param model the model
 */
public record InspectRequest(ModelSource model) {}
