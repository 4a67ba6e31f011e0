package io.github.djlqat.intercept;

import ai.djl.nn.Parameter;

/**
 * A parameter with its full name in the model.
 *
 * @param name the name as {@code block.getParameters()} gives it
 * @param parameter the parameter
 */
public record NamedParameter(String name, Parameter parameter) {

    /**
     * Returns the name of the layer that the parameter belongs to: the full name without the
     * parameter's own, where that is one of DJL's or PyTorch's usual ones, else the full name.
     *
     * @return the layer's name, empty for the usual parameters of a model that is a single layer
     */
    public String layer() {
        String own = parameter.getName();
        boolean usual =
                switch (own) {
                    case "weight",
                            "bias",
                            "gamma",
                            "beta",
                            "runningMean",
                            "runningVar",
                            "running_mean",
                            "running_var",
                            "embedding",
                            "alpha" ->
                            true;
                    default -> false;
                };
        if (!usual || !name.endsWith(own)) {
            return name;
        }
        String prefix = name.substring(0, name.length() - own.length());
        // DJL joins names by underscores, PyTorch by dots.
        return prefix.endsWith("_") || prefix.endsWith(".")
                ? prefix.substring(0, prefix.length() - 1)
                : prefix;
    }
}
