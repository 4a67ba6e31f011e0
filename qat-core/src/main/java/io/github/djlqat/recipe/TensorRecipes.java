package io.github.djlqat.recipe;

import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.Symmetry;
import org.jspecify.annotations.Nullable;

/** What weights and activations ask of a tensor's recipe. */
final class TensorRecipes {

    private TensorRecipes() {}

    /**
     * Checks that weights can be quantized this way.
     *
     * @param weights the recipe, or null for floating point
     * @throws IllegalArgumentException if the format is unsigned and symmetric, or has 16 bits
     */
    static void checkWeights(@Nullable TensorQuantization weights) {
        if (weights instanceof TensorRecipe integer && !integer.scheme().format().fitsByte()) {
            throw new IllegalArgumentException(
                    "Weights of "
                            + integer.scheme().format().formatName()
                            + " are not kept: their codes take up to 8 bits. Legal are int2 to int8 and uint2 to uint8; 16 bits are for activations.");
        }
        if (weights instanceof TensorRecipe integer && integer.scheme().isOneSided()) {
            throw new IllegalArgumentException(
                    "Symmetric "
                            + integer.scheme().format().formatName()
                            + " weights would lose every negative weight; legal are signed formats, or affine symmetry.");
        }
        if (weights instanceof EstimatorRecipe estimator) {
            estimator.checkWeights();
        }
    }

    /**
     * Checks that activations can be quantized this way.
     *
     * @param activations the recipe, or null for floating point
     * @param what what the activations are called in the message
     * @throws IllegalArgumentException if the granularity is not per tensor
     */
    static void checkActivations(@Nullable TensorQuantization activations, String what) {
        if (activations instanceof EstimatorRecipe estimator) {
            estimator.checkActivations();
        }
        Granularity granularity = granularity(activations);
        if (granularity != null
                && !(granularity instanceof Granularity.PerTensor)
                && !(granularity instanceof Granularity.PerToken)) {
            throw new IllegalArgumentException(
                    "The granularity of "
                            + what
                            + " is per-tensor or per-token, not "
                            + granularity
                            + ".");
        }
    }

    /**
     * Checks that a runtime's integer kernels take the weights together with quantized activations.
     * The kernels of ONNX Runtime (QLinearConv, MatMulInteger) want one zero point for all channels
     * of a weight.
     *
     * @param weights the recipe of the weights, or null for floating point
     * @param activations the recipe of the activations, or null for floating point
     * @throws IllegalArgumentException if activations are quantized and weights are affine with
     *     several zero points
     */
    static void checkPair(
            @Nullable TensorQuantization weights, @Nullable TensorQuantization activations) {
        if (weights instanceof TensorRecipe integer
                && activations instanceof TensorRecipe
                && integer.scheme().symmetry() == Symmetry.AFFINE
                && !(integer.scheme().granularity() instanceof Granularity.PerTensor)) {
            throw new IllegalArgumentException(
                    "Affine weights with several zero points cannot go with quantized "
                            + "activations; legal are symmetric weights, affine weights per-tensor, or activations in floating"
                            + " point.");
        }
    }

    private static @Nullable Granularity granularity(@Nullable TensorQuantization tensor) {
        if (tensor instanceof TensorRecipe integer) {
            return integer.scheme().granularity();
        }
        return tensor instanceof FormatRecipe recipe
                        && recipe.format() instanceof TensorFormat.Scaled scaled
                ? scaled.granularity()
                : null;
    }
}
