package io.github.djlqat.torchscript;

import io.github.djlqat.convention.Conventions;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RoundingEstimator;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import org.jspecify.annotations.Nullable;

/** What of recipes goes into TorchScript. */
final class RecipeSupport {

    private RecipeSupport() {}

    /**
     * Refuses what a whole recipe asks for in vain.
     *
     * @throws IllegalArgumentException if quantization or freezing by steps is asked for
     */
    static void check(Recipe recipe) {
        TrainingOptions training = recipe.training();
        if (training.freezeBatchNormAfter() != -1
                || training.freezeObserversAfter() != -1
                || training.quantizeAfter() != 0
                || training.quantizeGraduallyOver() != 0
                || training.quantizedShare() != 1) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + recipe.name()
                            + "\" changes by steps of training ("
                            + training
                            + "), which TorchScript models do not count; legal are the defaults, and"
                            + " TorchScriptQuantization.setMode between steps.");
        }
    }

    /**
     * Returns a tensor's recipe, or null where it stays in floating point.
     *
     * @throws IllegalArgumentException if it is not integers with observed or learned scales
     */
    static @Nullable TensorRecipe tensor(
            @Nullable TensorQuantization quantization, boolean weight, String name) {
        if (quantization == null) {
            return null;
        }
        if (!(quantization instanceof TensorRecipe recipe)) {
            throw refusal(name, quantization, "integer formats with an observer");
        }
        if (!recipe.scheme().convention().equals(Conventions.DEFAULT)) {
            throw refusal(name, recipe, "the default convention");
        }
        if (recipe.rounding() != RoundingEstimator.STRAIGHT_THROUGH_INPUT) {
            throw refusal(name, recipe, "the estimator straight-through-input");
        }
        Granularity granularity = recipe.scheme().granularity();
        boolean legal =
                granularity instanceof Granularity.PerTensor
                        || weight
                                && (granularity instanceof Granularity.PerChannel
                                        || granularity instanceof Granularity.PerGroup);
        if (!legal) {
            throw refusal(
                    name,
                    recipe,
                    weight ? "scales per tensor, channel or group" : "one scale for the tensor");
        }
        return recipe;
    }

    private static IllegalArgumentException refusal(
            String name, TensorQuantization quantization, String legal) {
        return new IllegalArgumentException(
                "The tensor "
                        + name
                        + " cannot be quantized by "
                        + quantization
                        + " in TorchScript; legal are "
                        + legal
                        + ", or a rule that excludes the layer.");
    }
}
