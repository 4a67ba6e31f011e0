package io.github.djlqat.fakequant;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import io.github.djlqat.recipe.Recipe;

/**
 * Quantizes models whose operations DJL does not see, such as TorchScript modules, for {@link
 * Quantization#quantize(Model, Recipe, Iterable, ai.djl.ndarray.types.Shape...)}. Implementations
 * are found by {@link java.util.ServiceLoader}.
 */
public interface ModelQuantizer {

    /**
     * Tells whether this is a model it quantizes.
     *
     * @param model a model with a block
     * @return whether {@link #quantize} takes it
     */
    boolean supports(Model model);

    /**
     * Quantizes a model in place for inference.
     *
     * @param model a model that is supported
     * @param recipe what is quantized, and how
     * @param inputs the inputs of each calibration run; empty where there is no data
     * @throws IllegalArgumentException if the recipe asks for what such models do not have, a value
     *     is not finite, or activations need data and there is none; the model is then as it was
     */
    void quantize(Model model, Recipe recipe, Iterable<NDList> inputs);
}
